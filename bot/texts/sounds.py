"""How a name sounds to somebody who hears it."""

import os
from functools import lru_cache


@lru_cache(maxsize=10_000)
def sound(name: str) -> str:
    """The usual sound of each sign, without tones: 博物馆 → "bo wu guan". Letters and digits are their own.

    Some thousand new names take a second: not for the event loop.
    """
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # whole phrases take 45 MiB, single signs 13
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))
