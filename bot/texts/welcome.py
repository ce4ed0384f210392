"""The operator's own words for newcomers, as a setting has them: one text for all, or JSON with one a language."""

import json
from collections.abc import Mapping

from .catalogue import Language, catalogues


def words_in(text: str) -> dict[Language, str]:
    """The words by language. Raises ValueError where what looks like JSON is none."""
    if not text.startswith("{"):
        return dict.fromkeys(catalogues(), text) if text else {}
    return dict(json.loads(text))


def written(words: Mapping[Language, str]) -> str:
    """The same as a setting has it; "" for none."""
    kept = {language: each.strip() for language, each in words.items() if each.strip()}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""
