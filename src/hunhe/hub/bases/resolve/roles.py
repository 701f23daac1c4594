"""What a column is, from its name and from what stands in it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from enum import Enum

from hunhe.hub.bases.resolve import normal
from hunhe.hub.bases.resolve.table import Cells


class Role(Enum):
    """What a column's cells are, and so how they are compared."""

    SKIP = "skip"  # keys, answers, sources, constants: never compared
    NAME = "name"  # one short name: given name, surname, a Chinese full name
    TEXT = "text"  # several words: an organisation, a title, a person's full name
    ADDRESS = "address"
    DATE = "date"
    ID = "id"  # a number given to one person or firm
    PHONE = "phone"
    EMAIL = "email"
    CODE = "code"  # post code, house number, short codes
    CATEGORY = "category"  # few values: sex, state, city


# Longest meaning first: the first rule whose pattern is found in the header decides, if the cells do not contradict it.
_BY_NAME: tuple[tuple[Role, str], ...] = (
    (
        Role.SKIP,
        r"^(cluster|true|truth|gold|label|entity|match|group|class|duplicate|same as)\b|\b(true|cluster|entity|match|group|golden) ?(id|no|key|label)\b|真值|实体|簇|聚类|标签",
    ),
    (
        Role.SKIP,
        r"\b(source|src|file|dataset|batch|created|updated|modified|loaded|timestamp|row|line|index)\b|来源|數據源|数据源|批次|更新时间|更新時間|创建时间|入库|行号|序号|序號|流水号",
    ),
    (Role.SKIP, r"^(unique|rec|record)?\s?(id|uid|uuid|guid|pk|key|rec|record|rownum)$"),
    (Role.EMAIL, r"\be ?mail\b|邮箱|郵箱|电子邮件|correo|courriel"),
    (
        Role.PHONE,
        r"\b(phone|tel|telephone|mobile|cell|fax|telefon|telefono|handy|mobil|portable|contact no|contact number)\b|phone$|手机|手機|电话|電話|联系方式|聯繫方式",
    ),
    (
        Role.ID,
        r"身份证|身份證|证件号|證件號|公民身份|统一社会信用|統一社會信用|信用代码|组织机构代码|税号|社保号|医保号|\b(ssn|social|soc sec|national id|id (number|card|no)|idcard|id card|passport|tax|vat|uscc|nino|nif|dni|license|licence)\b",
    ),
    (Role.DATE, r"\b(dob|birth|born|birthday|birthdate|geburtsdatum|geburtstag|naissance|nacimiento|date)\b|出生|生日|日期"),
    (
        Role.CODE,
        r"\b(zip|postcode|post code|postal|plz|cp|street (number|no)|house (number|no)|hausnummer)\b|邮编|郵編|邮政编码|门牌",
    ),
    (
        Role.CATEGORY,
        r"\b(sex|gender|state|province|country|nation|title|type|status|geschlecht|sexe|sexo)\b|性别|性別|民族|状态|類型|类型|类别|省份",
    ),
    (
        Role.ADDRESS,
        r"\b(address|addr|street|road|residence|location|adresse|direccion|strasse|str|rue|calle)\b|地址|住址|住所|居住地|户籍|地点|场所",
    ),
    (
        Role.NAME,
        r"\b(given|first|fore|last|family|sur|middle)\s?(name)?\b|surname|forename|firstname|lastname|vorname|nachname|prenom|apellido|^(姓|名|曾用名)$",
    ),
    (
        Role.TEXT,
        r"name|nombre|nom|title|org|company|firm|employer|business|school|site|agency|姓名|名称|名稱|单位|單位|企业|企業|公司|机构|機構|字号|法人",
    ),
)
_PATTERNS = tuple((role, re.compile(pattern)) for role, pattern in _BY_NAME)
_RUNNING = re.compile(r"^\D*\d+\D*\d*$")


def recognise(header: str, cells: Cells) -> Role:
    """The role of a column."""
    present = [cell for cell in cells if cell is not None]
    if len(present) < 2 or len(set(present)) == 1:
        return Role.SKIP
    named = _by_name(header)
    if named is Role.SKIP or (_is_key(present) and named not in (Role.ID, Role.PHONE, Role.EMAIL)):
        return Role.SKIP
    return _settled(named, present) or _by_content(present)


def _by_name(header: str) -> Role | None:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    folded = re.sub(r"[\W_]+", " ", normal.plain(spaced)).strip()
    return next((role for role, pattern in _PATTERNS if pattern.search(folded)), None)


def _is_key(present: Sequence[str]) -> bool:
    """Values never repeat and look like a running number or code: a key of the list, which says nothing or too much."""
    if len(set(present)) < len(present):
        return False
    coded = _share(present, lambda cell: bool(_RUNNING.match(cell)) and " " not in cell)
    return coded > 0.95 and _share(present, normal.is_id_number) < 0.5 and _share(present, lambda cell: "@" in cell) < 0.5


def _settled(named: Role | None, present: Sequence[str]) -> Role | None:
    """The role by name, where the cells agree with it."""
    if named is Role.DATE:
        return Role.DATE if _share(present, lambda cell: normal.day(cell) is not None) > 0.6 else None
    if named is Role.TEXT:
        return Role.NAME if _is_short(present) else Role.TEXT
    if named is Role.CATEGORY and len(set(present)) > max(60, len(present) // 20):
        return None
    return named


def _by_content(present: Sequence[str]) -> Role:
    tests = (
        (Role.EMAIL, lambda cell: bool(re.match(r"^[^@\s]+@[^@\s]+$", cell)), 0.6),
        (Role.ID, normal.is_id_number, 0.5),
        (Role.DATE, lambda cell: not cell.isdigit() and normal.is_real_day(cell), 0.7),
        (Role.DATE, lambda cell: len(cell) == 8 and normal.is_real_day(cell), 0.9),
        (Role.PHONE, lambda cell: len(normal.digits(cell)) >= 10 and not re.search(r"[^\d\s()+./-]", cell), 0.7),
    )
    for role, test, share in tests:
        if _share(present, test) > share:
            return role
    distinct = len(set(present))
    if distinct <= min(60, max(2, len(present) // 10)):
        return Role.CATEGORY
    if _share(present, lambda cell: any(char.isdigit() for char in cell)) > 0.5:
        if _share(present, lambda cell: " " in cell or bool(normal.CJK.search(cell))) > 0.5:
            return Role.ADDRESS
        mean = sum(len(cell) for cell in present) / len(present)
        return Role.ID if mean >= 6 and distinct > len(present) // 4 else Role.CODE
    return Role.NAME if _is_short(present) else Role.TEXT


def _is_short(present: Sequence[str]) -> bool:
    """Single words of a few letters, or two to four Chinese characters."""
    return (
        _share(present, lambda cell: len(normal.words(cell)) <= 1 and len(cell) <= (4 if normal.CJK.search(cell) else 16)) > 0.8
    )


def _share(present: Sequence[str], test: Callable[[str], object]) -> float:
    counted = Counter(bool(test(cell)) for cell in present[:5000])
    return counted[True] / max(1, counted.total())
