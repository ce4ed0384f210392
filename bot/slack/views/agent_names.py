"""The names of agents within a sentence."""

from collections.abc import Collection

from bot.texts.locale import Locale

from .parts import NAME, cut, name

NAMED = 3  # agents that are told apart by name


def quoted(agents: Collection[str], locale: Locale) -> str:
    """The first few of them, each in quotes, and how many more there are; "" for none."""
    shown = [locale._("“{name}”", name=cut(name(each), NAME)) for each in list(agents)[:NAMED]]
    if more := len(agents) - len(shown):
        shown.append(locale.ngettext("{count} other agent", "{count} other agents", more))
    return locale.listed(shown)
