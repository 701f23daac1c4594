"""Real database servers for the tests: each test makes a database of its own and drops it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tools.pytest_city import lacking


@dataclass(frozen=True)
class Server:
    """A database that may be filled: its location for a contract's connection, and a cursor into it."""

    kind: str
    location: str
    connection: Any

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self.connection.cursor()
        cursor.execute(sql, values or None)
        rows = list(cursor.fetchall()) if cursor.description else []
        cursor.close()
        return rows


@contextmanager
def postgresql() -> Iterator[Server]:
    import psycopg

    name = f"hunhe_collect_{uuid.uuid4().hex[:10]}"
    base = "postgresql://postgres@127.0.0.1:5432"
    try:
        server = psycopg.connect(f"{base}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        lacking("postgres", f"no PostgreSQL on 127.0.0.1:5432: {error}")
    server.execute(f"CREATE DATABASE {name}")
    try:
        with psycopg.connect(f"{base}/{name}", autocommit=True) as connection:
            yield Server("postgresql", f"{base}/{name}", connection)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


@contextmanager
def mariadb(charset: str = "gbk") -> Iterator[Server]:
    import pymysql

    name = f"hunhe_collect_{uuid.uuid4().hex[:10]}"
    try:
        connection = pymysql.connect(host="127.0.0.1", user="root", autocommit=True, charset="utf8mb4", connect_timeout=3)
    except pymysql.err.OperationalError as error:
        lacking("mariadb", f"no MariaDB on 127.0.0.1:3306: {error}")
    cursor = connection.cursor()
    cursor.execute(f"CREATE DATABASE {name} CHARACTER SET {charset}")
    try:
        cursor.execute(f"USE {name}")
        yield Server("mariadb", f"mariadb://root@127.0.0.1:3306/{name}", connection)
    finally:
        cursor.execute(f"DROP DATABASE {name}")
        connection.close()


SERVERS = {"postgresql": postgresql, "mariadb": mariadb}
