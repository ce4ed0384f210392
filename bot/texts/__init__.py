"""What we say: interface strings by gettext, error help as data, both in Chinese and English."""

from .help import Help, error_help
from .reader import Language, Reader, mark

__all__ = ["Help", "Language", "Reader", "error_help", "mark"]
