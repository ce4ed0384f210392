"""How each kind of step shows: one file a check, by its name. A new file is found by itself."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from bot.slack.views.guide.view import StepView


def _found() -> dict[str, StepView]:
    names = [each.name for each in iter_modules(__path__) if not each.name.startswith("_")]
    return {name: import_module(f"{__name__}.{name}").STEP for name in names}


STEPS: Mapping[str, StepView] = _found()
"""Every face by the name of its check."""
