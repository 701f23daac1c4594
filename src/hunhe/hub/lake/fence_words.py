"""What may stand in a fenced SELECT: syntax nodes by sqlglot's class name, and functions it has no class for.

Left out on purpose: everything that reads or writes outside (readers, COPY, ATTACH), makes rows from nothing
(range, unnest, generate_series), repeats itself, or depends on the hour it is run.
"""

_SYNTAX = """
Select From Join Where Group Having Qualify Order Ordered Limit Offset Distinct Subquery CTE With Union Except Intersect
Table TableAlias Column Identifier Alias Star Tuple Values Literal Boolean Null Var Paren DataType DataTypeParam Interval
And Or Not EQ NEQ GT GTE LT LTE Is In Between Like ILike SimilarTo RegexpLike Exists NullSafeEQ NullSafeNEQ
Add Sub Mul Div IntDiv Mod Neg DPipe Case If Cast TryCast Coalesce Nullif Greatest Least
Window WindowSpec WithinGroup Filter IgnoreNulls RespectNulls
RowNumber Rank DenseRank Ntile Lag Lead FirstValue LastValue
Count CountIf Sum Avg Min Max Median Stddev StddevPop StddevSamp Variance VariancePop AnyValue First Last ArgMax ArgMin
LogicalAnd LogicalOr PercentileCont PercentileDisc Quantile ApproxDistinct GroupConcat
Abs Ceil Floor Round Sqrt Sign Ln Log Exp Pow
Upper Lower Length Trim Substring Left Right Replace Concat ConcatWs StartsWith EndsWith Contains StrPosition SplitPart
RegexpReplace RegexpExtract MD5 IsNan
Date DateFromParts DateAdd DateSub DateDiff DateTrunc TimestampTrunc Extract Year Month Day TimeToStr StrToTime StrToDate
TsOrDsToDate
"""
NODES = frozenset(_SYNTAX.split())

FUNCTIONS = frozenset(
    {"age", "isfinite", "last_day", "dayofweek", "isodow", "week", "quarter", "epoch", "try_strptime", "bit_count"}
)
