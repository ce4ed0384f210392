"""Settings for who may ask to join and how newcomers are greeted, and how values are written."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from bot.texts import labels
from bot.texts.catalogue import catalogues
from bot.texts.welcome import words_in, written

from . import values

LONGEST = 300  # characters of a welcome in one language


def _asker(text: str) -> str:
    """A person, a user group or a channel."""
    if not re.fullmatch("[UWSCG][A-Z0-9]{1,20}", text):
        raise ValueError("must be IDs of people (U…), user groups (S…) or channels (C…), separated by commas.")
    return text


def _words(text: Any) -> Any:
    """By language; what is no JSON is for everybody."""
    if not isinstance(text, str):
        return text
    try:
        return words_in(text)
    except ValueError:
        raise ValueError(f"must be a text, or JSON with one for each language: {values.LANGUAGES}.") from None


def _renamed(text: Any) -> Any:
    """Pairs of labels."""
    if not isinstance(text, str):
        return text
    try:
        return labels.renamed_in(text)
    except ValueError:
        raise ValueError(f"must be up to {labels.MOST} pairs such as old=new, separated by commas.") from None


def _welcome(words: dict[str, str]) -> dict[str, str]:
    if not set(words) <= set(catalogues()) or any(len(each) > LONGEST for each in words.values()):
        raise ValueError(f"must be at most {LONGEST} characters, and of languages {values.LANGUAGES} alone.")
    return {language: each.strip() for language, each in words.items() if each.strip()}


MayAsk = Annotated[
    tuple[Annotated[str, AfterValidator(_asker)], ...],
    NoDecode,
    BeforeValidator(values.parts),
    Field(
        description="Who may ask to join: IDs of people (U…), user groups (S…) and channels (C…), whose members may, "
        "separated by commas; admins always may. Without it every full member may. The bot has to be in such a "
        "channel."
    ),
]
Welcome = Annotated[
    dict[str, str],
    NoDecode,
    BeforeValidator(_words),
    AfterValidator(_welcome),
    Field(
        description="Words of your own with which newcomers are greeted, above the bot's: a text for everybody, or "
        '{"zh": "…", "en": "…"}.'
    ),
]
CozeLabels = Annotated[
    labels.Renamed,
    NoDecode,
    BeforeValidator(_renamed),
    Field(
        description="Labels that Coze or the glasses app calls otherwise by now: old=new, several separated by "
        "commas. Steps, answers and error help follow."
    ),
]


def as_text(value: object) -> str:
    """A value as the environment would have it; "" for none."""
    match value:
        case tuple():
            return ",".join("=".join(each) if isinstance(each, tuple) else str(each) for each in value)
        case float():
            return f"{value:g}"
        case Mapping():
            return written(value)
    return "" if value is None else str(value)


def joined(named: Sequence[str], added: Sequence[str]) -> tuple[str, ...]:
    """People whom the environment names, who always stay, and whom admins have added."""
    return tuple(dict.fromkeys((*named, *added)))
