"""Picking an agent: a menu that is searched by typing, and how old the list behind it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.models.blocks import (
    Block,
    ExternalDataSelectElement,
    Option,
    PlainTextObject,
    RadioButtonsElement,
)

from bot.core.agent_list import PAGE, AgentList, ListedAgent, told_apart
from bot.core.calls import FREE_CALLS
from bot.core.publish import Publication
from bot.slack.fields import EMPTY, Fields
from bot.texts.locale import Locale, error_help

from .parts import NAME, Line, Moment, actions, button, clean, context, cut, field, line, modal, name, paragraph
from .publish_history import STATES

OPTION = 75  # characters of an option's text, and of what stands below it
QUESTION, WHERE = "publish.agent", "publish.where"
RENEW = "publish.list"

_LOOK, _API, _CHANNEL = "look", "api", "channel"
_TYPED = 100  # characters of what was typed, as a form brings it along


@dataclass(frozen=True)
class Wanted:
    """What was typed after the command; whether it is only to be looked at, and whether it goes to the API alone."""

    typed: str = ""
    only_look: bool = False
    only_api: bool = False

    @property
    def metadata(self) -> str:
        """As a form brings it along."""
        options = f"{_LOOK if self.only_look else ''} {_API if self.only_api else ''}".strip()
        return f"{options}\n{clean(self.typed)[:_TYPED]}"


def wanted(metadata: str, fields: Fields = EMPTY) -> Wanted:
    """What a form brought along, and where to was picked in it."""
    options, _, typed = metadata.partition("\n")
    chosen = options.split()
    to = fields.text(WHERE)
    return Wanted(typed, _LOOK in chosen, to == _API if to else _API in chosen)


@dataclass(frozen=True)
class Renewing:
    """What somebody can do about the list: `may` they have it renewed, do the calls count (`is_few`), and is somebody
    at it (`is_under_way`)?"""

    state: AgentList
    may: bool
    is_few: bool
    is_under_way: bool


def pick(
    asked: Wanted, list_: Renewing, locale: Locale, found: Literal["none", "several", ""] = "", *, all_: bool = False
) -> dict[str, Any]:
    """Which agent? `found`: how many are called as was typed, "" where nothing was. `all_`: everybody's can be
    picked."""
    menu = ExternalDataSelectElement(
        action_id="value", placeholder=locale._("Type part of a name"), min_query_length=0
    )
    hint = locale._("Your agents in the ShargeAI space, last changed first.")
    if all_:
        hint = locale._("All agents in the ShargeAI space, last changed first. Each is published by its owner.")
    blocks: list[Block] = []
    called = cut(name(asked.typed), NAME)
    if found == "none":
        none = locale._("No agent of yours in ShargeAI is called “{name}”.")
        text = locale._("No agent in ShargeAI is called “{name}”.") if all_ else none
        blocks.append(paragraph(locale, line(text, name=called)))
    if found == "several":
        text = locale._("Several are called “{name}”. The menu shows them; type to look for another.")
        blocks.append(paragraph(locale, line(text, name=called)))
    blocks.append(field(QUESTION, locale._("Agent"), menu, hint))
    blocks.append(_where(asked, locale))
    blocks += about(list_, locale)
    title, no = locale._("Publish an agent"), locale._("Cancel")
    return modal(title, no, blocks, "publish.pick", locale._("Check"), asked.metadata)


def _where(asked: Wanted, locale: Locale) -> Block:
    both = Option(
        text=locale._("[channel] and API"),
        value=_CHANNEL,
        description=locale._("needs a review; others find it too"),
    )
    api = Option(text=locale._("API only"), value=_API, description=locale._("at once; only tokens reach it"))
    picked = api if asked.only_api else both
    radio = RadioButtonsElement(action_id="value", options=[both, api], initial_option=picked)
    return field(WHERE, locale._("Publish to"), radio)


def unlisted(asked: Wanted, list_: Renewing, locale: Locale) -> dict[str, Any]:
    """There is no list yet, and asking for it costs calls that are few."""
    what = line(locale._("**I don't know the agents in ShargeAI yet**"))
    why = line(locale._("Calls to Coze are few, so I list them only when somebody presses."))
    blocks: list[Block] = [paragraph(locale, what, why), *about(list_, locale)]
    return modal(locale._("Publish an agent"), locale._("Close"), blocks, "publish.unlisted", metadata=asked.metadata)


def about(list_: Renewing, locale: Locale) -> list[Block]:
    """How old the list is, how it is renewed, and what that costs."""
    state = list_.state
    facts: list[Line] = []
    if state.listed_at:
        facts.append(line(locale._("List of {at}"), at=Moment(state.listed_at)))
    if list_.is_under_way:
        facts.append(line(locale._("⏳ Being updated; what is new comes up in the menu by itself")))
        return [context(locale, *facts)]
    if state.error:
        why = error_help(state.error, locale).title
        facts.append(line(locale._("⚠️ Updating it broke off: {why}"), why=why))
    if list_.is_few:
        facts += _cost(list_, locale)
    row = [actions(button(locale._("Update the list"), RENEW))] if list_.may else []
    return [*row, *([context(locale, *facts)] if facts else [])]


def _cost(list_: Renewing, locale: Locale) -> list[Line]:
    """What renewing takes, and the way around it."""
    count, number = list_.state.cost, list_.state.agents
    if count is None:
        text = locale._("“Update the list” costs 1 call for every {count} agents")
        cost = line(text, count=PAGE)
    else:
        text = locale.ngettext(
            "“Update the list” costs about {count} call of the {most} of a free account",
            "“Update the list” costs about {count} calls of the {most} of a free account",
            count,
            most=FREE_CALLS,
        )
        cost = line(text)
    if not list_.may:
        text = locale._("{count} agents; calls are few, so an admin updates the list, with “List agents” at Home")
        cost = line(text, count=number)
        if count is None:
            cost = line(locale._("an admin can have the list made, with “List agents” at Home"))
    around = line(locale._("Newer ones: `/sharge publish` with the agent's number or address, for 1 call"))
    return [cost, around]


def options(
    agents: Sequence[ListedAgent],
    publications: Mapping[str, Publication],
    owners: Mapping[str, str] | None,
    locale: Locale,
) -> list[Option]:
    """What the menu offers. `owners` are names by Coze account, None where all are the reader's own."""
    labels = told_apart([_label(each, owners, locale) for each in agents], agents, OPTION)
    return [
        Option(
            text=PlainTextObject(text=label, emoji=False),
            value=each.agent_id,
            description=PlainTextObject(text=_state(each, publications.get(each.agent_id), locale), emoji=False),
        )
        for each, label in zip(agents, labels, strict=True)
    ]


def _label(agent: ListedAgent, owners: Mapping[str, str] | None, locale: Locale) -> str:
    parts = [cut(name(agent.name), NAME)]
    if owners is not None:
        parts.append(_owner(agent, owners, locale))
    if agent.updated_at:
        parts.append(locale._("changed {at}", at=locale.day(agent.updated_at)))
    return cut(" · ".join(parts), OPTION)


def _owner(agent: ListedAgent, owners: Mapping[str, str], locale: Locale) -> str:
    if not agent.owner_uid:
        return locale._("owner unknown")
    known = owners.get(agent.owner_uid)
    return cut(name(clean(known)), NAME) if known else locale._("account …{end}", end=agent.owner_uid[-4:])


def _state(agent: ListedAgent, publication: Publication | None, locale: Locale) -> str:
    """Its last version, and how it stands in the channel as far as the bot knows."""
    if agent.published_at:
        parts = [locale._("last version {at}", at=locale.day(agent.published_at))]
    else:
        parts = [locale._("not published when it was listed")]
    if publication:
        parts.append(locale._("[channel] {state}", state=locale._(STATES[publication.state])))
    return cut(" · ".join(parts), OPTION)


def read(fields: Fields) -> tuple[str, str]:
    """The picked agent's (id, name as shown)."""
    picked = fields[QUESTION]
    return picked.text, picked.label
