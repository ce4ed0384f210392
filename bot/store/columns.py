"""Columns that several tables have."""

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Enum, Integer


def id_column() -> Column[int]:
    """The number of a row, given by the database."""
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def one_of(kind: type[StrEnum]) -> Enum:
    """One of these words. Without a constraint: a migration would have to rewrite the table for each new word."""
    return Enum(
        kind, native_enum=False, create_constraint=False, length=20, values_callable=lambda e: [m.value for m in e]
    )
