"""Oracle, SQL Server, 達夢 and Kingbase, through their makers' drivers. No server of theirs could be had to try them against.

They ask as little of the server as can be: plain SELECTs, the driver's values turned into text here, no marks; a
comparison reads the whole table.
"""

from typing import Any
from urllib.parse import SplitResult

from hunhe.hub.collect.sources.dialects import CONNECT_SECONDS, READ_SECONDS, Dialect, account_of


class Oracle(Dialect):
    schemes = ("oracle",)
    module = "oracledb"
    extra = "oracle"
    snapshot = ("SET TRANSACTION READ ONLY",)

    def sign(self, number: int) -> str:
        return f":{number}"

    def connect(self, place: SplitResult, secret: str) -> Any:
        account = account_of(place)
        connection = self.driver().connect(
            user=account.get("user"),
            password=secret,
            host=account.get("host"),
            port=account.get("port", 1521),
            service_name=account.get("database"),
            tcp_connect_timeout=CONNECT_SECONDS,
        )
        connection.call_timeout = READ_SECONDS * 1000
        return connection


class SQLServer(Dialect):
    """The database must allow snapshots: ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON."""

    schemes = ("sqlserver", "mssql")
    module = "mssql_python"
    extra = "sqlserver"
    quotes = "[]"
    placeholder = "?"
    snapshot = ("SET TRANSACTION ISOLATION LEVEL SNAPSHOT",)

    def connect(self, place: SplitResult, secret: str) -> Any:
        account = account_of(place)
        parts = {
            "SERVER": f"{account.get('host')},{account.get('port', 1433)}",
            "DATABASE": account.get("database"),
            "UID": account.get("user"),
            "PWD": secret,
            "Encrypt": "yes",
        }
        text = "".join(f"{key}={{{str(value).replace('}', '}}')}}};" for key, value in parts.items() if value)
        return self.driver().connect(text, timeout=READ_SECONDS)


class Dameng(Dialect):
    schemes = ("dm", "dameng")
    module = "dmPython"
    extra = "dameng"
    placeholder = "?"
    snapshot = ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",)

    def connect(self, place: SplitResult, secret: str) -> Any:
        account = account_of(place)
        schema = {"schema": account["database"]} if "database" in account else {}
        return self.driver().connect(
            user=account.get("user"),
            server=account.get("host"),
            port=account.get("port", 5236),
            password=secret,
            login_timeout=CONNECT_SECONDS,
            **schema,
        )


class Kingbase(Dialect):
    schemes = ("kingbase",)
    module = "ksycopg2"
    extra = "kingbase"
    snapshot = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",)

    def connect(self, place: SplitResult, secret: str) -> Any:
        account = account_of(place)
        return self.driver().connect(
            host=account.get("host"),
            port=account.get("port", 54321),
            user=account.get("user"),
            dbname=account.get("database"),
            password=secret,
            connect_timeout=CONNECT_SECONDS,
        )

    def streaming(self, connection: Any) -> Any:
        return connection.cursor("hunhe")


ALL: tuple[Dialect, ...] = (Oracle(), SQLServer(), Dameng(), Kingbase())
