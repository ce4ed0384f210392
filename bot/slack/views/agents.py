"""Agents as they stand at Home: those of all routes, each with what is known of it."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core.agents import AgentFacts
from bot.core.guide import GuideState
from bot.core.people import Evidence
from bot.core.publish import UNDER_WAY, PublicationState
from bot.texts.locale import Locale

from .buttons import COZE
from .parts import Line, button, header, line, link, modal, name, paragraph, section
from .status import agent_state

MOST = 100  # blocks of a modal
BAD = frozenset({PublicationState.REJECTED, PublicationState.FAILED})


def at_home(agents: Sequence[AgentFacts], locale: Locale, most: int) -> list[Block]:
    """The first `most` of them, and how many more there are; nothing where there is none."""
    if not agents:
        return []
    rows: list[Block] = [header(locale._("Agents")), *(_row(each, locale) for each in agents[:most])]
    if (left := len(agents) - most) <= 0:
        return rows
    more = locale.ngettext("and {count} more", "and {count} more", left)
    return [*rows, section(locale, button(locale._("See all"), "people.agents"), line(more))]


def all_of_them(agents: Sequence[AgentFacts], locale: Locale) -> dict[str, Any]:
    """Each of them."""
    rows = [_row(each, locale) for each in agents[:MOST]]
    rows = rows or [paragraph(locale, line(locale._("Nothing here any more.")))]
    return modal(locale._("Agents"), locale._("Close"), rows, "told")


def _row(agent: AgentFacts, locale: Locale) -> Block:
    return section(locale, _act(agent, locale), line("**{name}**", name=name(agent.name)), _state(agent, locale))


def _act(agent: AgentFacts, locale: Locale) -> ButtonElement:
    """Going on where something is to be done here, else its page on Coze."""
    called = name(agent.name)
    if agent.publication and agent.publication.state in BAD:
        aloud = locale._("Publish again… “{name}”", name=called)
        return button(locale._("Publish again…"), "command.publish", agent.name, aloud=aloud)
    if agent.guide and agent.guide.state is GuideState.OPEN:
        return button(
            locale._("Continue"), "guide.resume", agent.guide.id, aloud=locale._("Continue: “{name}”", name=called)
        )
    return link(
        locale._("Open agent"),
        "agent",
        f"{COZE}space/{agent.workspace_id}/bot/{agent.agent_id}",
        aloud=locale._("Open agent “{name}”", name=called),
    )


def _state(agent: AgentFacts, locale: Locale) -> Line:
    """What is known, and no more, each with its sign."""
    told = [*_on_channel(agent, locale), *_on_api(agent, locale), *_in_glasses(agent, locale)]
    pieces = {f"part{number}": each for number, each in enumerate(told)}
    return Line(" · ".join(f"{{{key}}}" for key in pieces), pieces)


def _on_channel(agent: AgentFacts, locale: Locale) -> list[str]:
    if (publication := agent.publication) is None:
        return []
    sign = "⚠️"
    if publication.state in UNDER_WAY:
        sign = "⏳"
    elif publication.state in BAD:
        sign = "❌"
    elif publication.state is PublicationState.ONLINE:
        sign = "✅"
    return [locale._("{sign} [channel]: {state}", sign=sign, state=agent_state(publication, locale))]


def _on_api(agent: AgentFacts, locale: Locale) -> list[str]:
    match agent.api:
        case Evidence.VERIFIED:
            return [locale._("✅ published to API (verified)")]
        case Evidence.CONFIRMED:
            return [locale._("✅ published to API (you confirmed)")]
        case _:
            return []


def _in_glasses(agent: AgentFacts, locale: Locale) -> list[str]:
    match agent.glasses, agent.guide:
        case Evidence.VERIFIED, _:
            return [locale._("✅ in the glasses (verified)")]
        case Evidence.CONFIRMED, _:
            return [locale._("✅ in the glasses (you confirmed)")]
        case None, None:
            return []
        case None, guide if guide.failure:
            return [locale._("❌ not there yet: the last check said no")]
        case _:
            return [locale._("⏳ not in the glasses yet")]
