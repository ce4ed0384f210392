"""How a name sounds to somebody who hears it."""

import os
from functools import cache


@cache
def sound(name: str) -> str:
    """The usual sound of each sign, without tones: 博物馆 → "bo wu guan". Letters and digits are their own."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # whole phrases take 45 MiB, single signs 13
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))
