"""What we say: interface strings by gettext, error help and the guide as data, each in every language there is."""

from .catalogue import Language
from .help import Help, error_help
from .locale import Locale, mark

__all__ = ["Help", "Language", "Locale", "error_help", "mark"]
