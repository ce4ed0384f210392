"""The checks: one file a kind of step, each with one class, which the guide's files call by the file's name.

A new file is found by itself. Its face, of the same name, lies in slack/views/guide/steps.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from bot.services.guide.check import Check
from bot.texts.guide_rules import CheckKind


def _found() -> dict[str, type[Check]]:
    names = [each.name for each in iter_modules(__path__) if not each.name.startswith("_")]
    return {name: import_module(f"{__name__}.{name}").CHECK for name in names}


CHECKS: Mapping[str, type[Check]] = _found()
"""Every check by its name."""

KINDS: Mapping[str, CheckKind] = {name: check.kind() for name, check in CHECKS.items()}
"""What the guide's files may ask of each."""
