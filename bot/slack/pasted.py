"""What somebody pasted into a form: told apart by its looks, never repeated."""

from typing import Literal

from pydantic import SecretStr

from bot.core.credential import is_whole
from bot.core.errors import InvalidFields, Problem

TOKENS = ("pat_", "sat_", "czs_", "czu_")


def kind_of(text: SecretStr, where: str = "check.text") -> Literal["token", "assertion"]:
    """Which of the two it is. Raises InvalidFields for what is neither; never says any of it."""
    value = text.get_secret_value()
    if not value:
        raise InvalidFields([Problem(where, "empty")])
    if "-----BEGIN" in value:
        raise InvalidFields([Problem(where, "key_text")])
    if value.startswith(TOKENS) and is_whole(value):
        return "token"
    if not value.startswith(TOKENS) and (value.count(".") >= 1 or value.startswith("eyJ")):
        return "assertion"
    raise InvalidFields([Problem(where, "not_token")])


def token_in(text: SecretStr, where: str) -> SecretStr:
    """A token. Raises InvalidFields for anything else."""
    if kind_of(text, where) != "token":
        raise InvalidFields([Problem(where, "not_token")])
    return text
