"""The token that a guide replaces, and the agents that use it, in words."""

from bot.services.guide.rows import Replaced
from bot.slack.views.agent_names import quoted
from bot.slack.views.parts import NAME, Pieces, cut, name
from bot.texts.locale import Locale


def pieces(replaced: Replaced | None, locale: Locale) -> Pieces:
    """What fills {token} and {agents}; words for them where nothing is known."""
    unnamed = locale._("each agent that uses the old token")
    if replaced is None:
        return {"token": locale._("the old token"), "agents": unnamed}
    token = locale._("“{name}”", name=cut(name(replaced.token.name), NAME))
    if replaced.token.last4:
        token = locale._("{token} (ending in {last4})", token=token, last4=replaced.token.last4)
    return {"token": token, "agents": quoted(replaced.agents, locale) or unnamed}


def named(template: str, replaced: Replaced | None) -> str:
    """The template with the token's name in it, empty where there is no template or no token."""
    return template.format(token=cut(name(replaced.token.name), NAME)) if replaced else ""


def first(replaced: Replaced | None) -> str:
    """One of the agents, empty where none is known."""
    return name(replaced.agents[0]) if replaced and replaced.agents else ""
