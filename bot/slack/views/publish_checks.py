"""What was looked at before a publish: each entry with its fix, in a form or in the card of one that stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core.publish_checks import Check, Checked, Result, is_ready
from bot.texts.locale import Locale, error_help, mark

from .buttons import KEPT, OPERATORS, agent_page, command, keep_anew
from .join.grade import prove
from .parts import Line, Mention, Moment, Piece, button, context, helped, line, link, modal, name, paragraph, section

PASSED = {
    Check.MEMBER: mark("✅ you are a member"),
    Check.PLACE: mark("✅ it is yours, and in ShargeAI"),
    Check.CREDENTIAL: mark("✅ the credential works"),
    Check.CHANNEL: mark("✅ Coze knows [channel]"),
    Check.FREE: mark("✅ nothing else is being published"),
    Check.NAME: mark("✅ the name is free"),
    Check.CHANGED: mark("✅ has something new to publish"),
    Check.SPOKEN: mark("✅ easy to say"),
}
"""In small print; of a freeze it is told only while there is one. That Coze lists what is in the channel is all that
can be known of it.
"""

FAILED = {
    "not_member": (mark("You aren't in the ShargeAI team"), mark("Request to join; an admin decides.")),
    "not_proven": (
        mark("Your Coze account isn't verified yet"),
        mark("I publish only what Coze says belongs to you."),
    ),
    "elsewhere": (
        mark("It isn't among your agents in ShargeAI"),
        mark("Only those can be published: copy it there, or build it again. The guide has the steps."),
    ),
    "under_way": (
        mark("It is being published already"),
        mark("Its card in our chat shows how far it is."),
    ),
    "frozen": (mark("Publishing is frozen"), mark("By {by} until {until}: {reason}")),
    "taken": (mark("The name is taken"), mark("[channel] already has a “{name}”")),
}
"""What is in the way, and what helps."""

NOTED = {
    "unlisted": mark("⚠️ yours, but not in the list of ShargeAI's agents: I can't tell whether it is in that space"),
    "alike": mark("⚠️ sounds like “{name}” in [channel]: the glasses may open that one"),
    "long": mark("⚠️ a long name to say"),
    "digits": mark("⚠️ digits in the name: there are several ways to say them"),
    "letters": mark("⚠️ Latin letters in the name: the glasses may hear something else"),
    "unspeakable": mark("⚠️ nothing in the name can be said"),
    "unchanged": mark("⚠️ unchanged since its last version"),
    "not_installed": mark("⚠️ Coze doesn't know [channel] in ShargeAI: it may refuse; an admin can have it installed"),
    "untold": mark("⚠️ Coze didn't tell what is in [channel], so the name isn't compared"),
    "not_compared": mark("not compared with the names in [channel], as calls are few; with `--check`, for 1 call"),
}


@dataclass(frozen=True)
class Subject:
    """The agent that was looked at, and the workspace in which it lies; whether it goes to the API alone."""

    agent_id: str
    name: str
    workspace_id: str
    only_api: bool = False


API_ONLY = "@api"
"""Behind an agent's id in what a form keeps: it goes to the API alone."""


def form(subject: Subject, found: Sequence[Checked], locale: Locale) -> dict[str, Any]:
    """The list; sent, it looks again and goes on where nothing is in the way any more."""
    ready = is_ready(found)
    submit = locale._("Publish…") if ready else locale._("Check again")
    title = locale._("Ready to publish") if ready else locale._("Not possible yet")
    kept = f"{subject.agent_id}{API_ONLY * subject.only_api} {name(subject.name)}"
    return modal(title, locale._("Close"), blocks(subject, found, locale), "publish.ready", submit, kept)


def blocks(subject: Subject, found: Sequence[Checked], locale: Locale) -> list[Block]:
    """How many have passed, what is in the way, each with its fix, and the rest in small print."""
    passed = sum(each.result is Result.PASSED for each in found)
    count = locale.ngettext(
        "{count} check, {passed} passed", "{count} checks, {passed} passed", len(found), passed=passed
    )
    place = locale._("“{name}” to the API only") if subject.only_api else locale._("“{name}” to [channel]")
    about = line(place, name=name(subject.name))
    shown: list[Block] = [context(locale, about, line(count))] if subject.name else [context(locale, line(count))]
    shown += [_in_the_way(subject, each, locale) for each in found if each.result is Result.FAILED]
    if any(each.result is Result.UNKNOWN for each in found):
        head = line(locale._("⏳ **Not known yet**"))
        why = line(locale._("Coze gave no answer, so I could not look. Try again in a minute."))
        shown.append(paragraph(locale, head, why))
    if notes := notes_of(found, locale):
        shown.append(paragraph(locale, *notes))
    if fine := [line(locale._(PASSED[each.check])) for each in found if each.result is Result.PASSED]:
        shown.append(context(locale, *fine))
    return shown


def notes_of(found: Sequence[Checked], locale: Locale) -> list[Line]:
    """What is said, and keeps nobody from publishing."""
    noted = [each for each in found if each.result is Result.NOTED]
    return [line(locale._(NOTED[each.problem]), **_named(each)) for each in noted]


def title_of(found: Sequence[Checked], locale: Locale) -> str:
    """What a publish that stopped says at its head."""
    count = sum(each.result is Result.FAILED for each in found)
    if not count:
        return locale._("Not published: Coze gave no answer")
    return locale.ngettext("Fix {count} thing, then publish", "Fix {count} things, then publish", count)


def _in_the_way(subject: Subject, each: Checked, locale: Locale) -> Block:
    what, why = _words(each, locale)
    lines = [line(f"❌ **{what}**"), why]
    fix = _fix(subject, each, locale)
    return section(locale, fix, *lines) if fix else paragraph(locale, *lines)


def _words(each: Checked, locale: Locale) -> tuple[str, Line]:
    if each.check is Check.CREDENTIAL:
        help = error_help(each.values.get("help", ""), locale)
        ours = locale._("The problem is my own credential: please tell an admin.")
        return help.title, line(ours) if help.key in OPERATORS else helped(help.why, help)
    what, why = FAILED[each.problem]
    return locale._(what), line(locale._(why), **_named(each))


def _named(each: Checked) -> dict[str, Piece]:
    values = each.values
    if each.problem == "frozen":
        until = Moment(datetime.fromisoformat(values["until"]))
        return {"by": Mention(values["by"]), "until": until, "reason": values["reason"]}
    return {"name": name(values["name"])} if "name" in values else {}


def _fix(subject: Subject, each: Checked, locale: Locale) -> ButtonElement | None:
    """The button that mends it, where there is one for this person."""
    match each.problem:
        case "not_member":
            return command("join", locale)
        case "not_proven":
            return prove(locale, primary=False)
        case "elsewhere":
            return command("start", locale)
        case "frozen":
            asked = f"{subject.agent_id} {name(subject.name)}"
            return button(locale._("Request an exception"), "publish.ask_pass", asked)
        case "taken":
            page = agent_page(subject.workspace_id, subject.agent_id)
            return link(locale._("Rename"), "agent", page, aloud=locale._("Rename it on Coze"))
    key = each.values.get("help", "")
    return keep_anew(error_help(key, locale)) if key in KEPT else None
