"""The Chinese catalogue. Interface strings are English in the code; `zh.po` beside this file has the Chinese.

The catalogue is compiled in memory at first use: there is no compiled file that could lag behind its source.
"""

import gettext
import logging
from functools import cache
from io import BytesIO
from pathlib import Path

CATALOGUE = Path(__file__).with_name("zh.po")

strict = False
"""Whether a missing translation raises. Tests switch it on; a person is better served with English than nothing."""

_log = logging.getLogger(__name__)


class MissingTranslation(LookupError):
    """A string has no Chinese. Raised only while `strict` is set."""


class _Missing(gettext.NullTranslations):
    """Asked by gettext for what the catalogue lacks."""

    def gettext(self, message: str) -> str:
        if strict:
            raise MissingTranslation(message)
        _log.error("no Chinese for %r", message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def chinese() -> gettext.NullTranslations:
    """The compiled Chinese catalogue."""
    # Babel costs a quarter of the start-up of everything around it, and an English workspace never needs it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="zh", abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    translations.add_fallback(_Missing())
    return translations


@cache
def english() -> gettext.NullTranslations:
    """English needs no catalogue: the strings in the code are English."""
    return gettext.NullTranslations()
