"""A job in words: what it was for, what won't happen where nobody tries it any more, and why it fails."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from bot.coze.errors import WORKSPACE_FULL, CozeError
from bot.logs import redact
from bot.store.about import About
from bot.store.job_desk import StuckJob
from bot.texts.locale import Locale, error_help, mark

from .parts import Code, Line, Mention, cut, line, name

CODE = 60  # characters of an error's own words

WORDS: Mapping[str, tuple[str, str]] = {
    "verify": (
        mark("Looking up {who}'s Coze account for the request"),
        mark("The request can be decided all the same, without that look."),
    ),
    "whose": (
        mark("Finding out whose Coze account {who} has"),
        mark("The account stays marked as not verified."),
    ),
    "alone": (
        mark("Seeing whether anybody but {who} can decide about their request"),
        mark("{who} isn't offered a way round waiting for another admin."),
    ),
    "wait": (
        mark("Reminding you of {who}'s request"),
        mark("Nobody is reminded of the request any more; it stays in the queue."),
    ),
    "invite": (
        mark("Inviting {who} to the team"),
        mark("{who} gets no invitation from me. The request stays approved: resend it, or invite them by hand."),
    ),
    "watch": (
        mark("Seeing whether {who} has accepted the invitation"),
        mark("I won't notice by myself that {who} has joined; “I accepted it” on their card still works."),
    ),
    "uninvite": (
        mark("Taking back {who}'s invitation on Coze"),
        mark("The invitation may still be open on Coze: please take it back there."),
    ),
    "remove": (
        mark("Removing {who} from the team on Coze"),
        mark("{who} stays a member on Coze until somebody removes them there."),
    ),
    "unseat": (
        mark("Removing “{name}” from the team on Coze"),
        mark("The account stays a member on Coze until somebody removes it there."),
    ),
    "gone": (
        mark("Closing what {who} had here after they left Slack"),
        mark("Their open request and stored tokens stay as they are."),
    ),
    "check": (
        mark("Comparing the list of members with Coze's"),
        mark("I won't compare them by myself until I start again."),
    ),
    "edition": (
        mark("Asking Coze which plan the team's account has"),
        mark("I look rarely, as on a plan with few calls, until I start again."),
    ),
    "agents": (
        mark("Reading the list of agents from Coze"),
        mark("The list stays as old as it is until somebody updates it."),
    ),
    "remind": (
        mark("Reminding {who} that “{name}” expires"),
        mark("{who} doesn't get this reminder; the later ones still come."),
    ),
    "backup": (
        mark("Passing on “{name}” of {who} when the backup person doesn't answer"),
        mark("Nobody hears that the backup person hasn't answered."),
    ),
    "replan": (
        mark("Planning everybody's reminders by the new timetable"),
        mark("Some reminders stay planned by the old timetable until I start again."),
    ),
    "publish": (
        mark("Publishing “{name}” for {who}"),
        mark("It isn't published. {who} still sees it as on its way, so please tell them."),
    ),
    "follow": (
        mark("Seeing what became of {who}'s “{name}” after publishing"),
        mark("I won't learn the result by myself; {who} can press “Check now”."),
    ),
    "unpublish": (
        mark("Taking {who}'s “{name}” off the channel"),
        mark("It stays on the channel."),
    ),
    "freeze": (
        mark("Reminding you that publishing is frozen"),
        mark("You aren't reminded of it any more; it still ends in time."),
    ),
    "forget": (
        mark("Deleting {who}'s stored token at its end"),
        mark("It stays stored, though it has expired. {who} can delete it under “See my reminders”."),
    ),
    "look": (
        mark("Seeing whether Coze still takes {who}'s stored token"),
        mark("I won't notice before its next use that Coze refuses it."),
    ),
    "renew": (
        mark("Keeping {who}'s sign-in to Coze fresh"),
        mark("It ends after thirty days without use; {who} has to sign in again then."),
    ),
    "sign_in": (
        mark("Waiting for {who}'s sign-in on Coze"),
        mark("The sign-in doesn't go on; {who} has to begin it again."),
    ),
    "sign_in_modal": (
        mark("Showing {who} in their form that the sign-in has moved on"),
        mark("The form stays as it is; their chat shows how it went."),
    ),
    "lapse": (
        mark("Saying that {who}'s one-time link has run out"),
        mark("Their card still offers the link, which doesn't open any more."),
    ),
    "guide": (
        mark("Looking whether {who}'s step of the guide is done"),
        mark("{who}'s card stays as it is until they press something."),
    ),
    "guides": (
        mark("Looking again at {who}'s guides after something changed"),
        mark("{who}'s card stays as it is until they press something."),
    ),
    "asked": (
        mark("Freeing {who}'s step from a check that never answered"),
        mark("{who}'s step says that it is being checked until they press something."),
    ),
    "copy": (
        mark("Copying {who}'s agent to the team's space"),
        mark("It isn't copied, or I don't learn that it was: please look on Coze before trying again."),
    ),
    "greet": (
        mark("Saying hello to {who}"),
        mark("{who} isn't greeted; I answer whenever they write."),
    ),
    "picture": (
        mark("Handing {who}'s picture on to you"),
        mark("The picture stays with {who} alone; please ask them for it."),
    ),
    "request": (
        mark("Doing what {who} pressed or typed, which had to wait for Slack"),
        mark("It isn't done. {who} may wait for it, so please tell them."),
    ),
    "home": (
        mark("Drawing {who}'s Home"),
        mark("It stays as it was until {who} opens it again."),
    ),
    "unpost": (
        mark("Deleting an old copy of a card"),
        mark("The old copy stays in the chat."),
    ),
    "unfile": (
        mark("Deleting an old script file in Slack"),
        mark("The file stays there."),
    ),
    "uninstalled": (
        mark("Deleting stored tokens after I was uninstalled"),
        mark("They stay stored until their end."),
    ),
    "purge": (
        mark("The daily clearing up"),
        mark("The database keeps old rows until I start again."),
    ),
    "digest": (
        mark("The Monday digest"),
        mark("There's no digest until I start again."),
    ),
    "settings": (
        mark("Redrawing cards after the settings were changed"),
        mark("Requests that wait, or open guides, still say what held before."),
    ),
    "preflight": (
        mark("The daily look whether the settings are right"),
        mark("Home shows what was found last until I start again."),
    ),
    "restored": (
        mark("Looking for what was posted before the database was put back"),
        mark("A card may stand twice."),
    ),
    "verdict": (
        mark("Telling Coze your verdict on “{name}”"),
        mark("Coze doesn't learn it, and the version stays in review; “Send again” on the card still works."),
    ),
    "review_look": (
        mark("Looking at “{name}” for its review"),
        mark("You decide without what I'd have found."),
    ),
    "review_wait": (
        mark("Reminding you of the review of “{name}”"),
        mark("Nobody is reminded of it any more; the card stays."),
    ),
}
"""By kind of job: what it was for, and what giving it up means."""

_CARD = mark("Showing {who} their card")
_NOTICE = mark("A notice to {who}")
_HERE = mark("A card in the admins' channel about {who}")
_UNSEEN = mark("{who} doesn't see it, or sees it as it was; the next change draws it again.")
_UNSEEN_HERE = mark("It stays undrawn, or as it was; the next change draws it again.")
_UNKNOWN = (mark("Something that this version doesn't know: {kind}"), mark("It isn't done."))

SLACK: Mapping[str, str] = {
    **dict.fromkeys(
        ("account_inactive", "token_revoked", "invalid_auth", "not_authed"), mark("Slack doesn't take my token")
    ),
    **dict.fromkeys(("missing_scope", "not_allowed_token_type"), mark("Slack says that I lack a right for it")),
    **dict.fromkeys(
        ("not_in_channel", "channel_not_found", "is_archived"), mark("I can't post in that channel: please invite me")
    ),
    **dict.fromkeys(
        ("user_disabled", "user_not_found", "cannot_dm_bot", "messages_tab_disabled"),
        mark("Slack says that nobody reads it: the account is switched off or has no chat with me"),
    ),
    **dict.fromkeys(
        ("invalid_blocks", "msg_too_long", "invalid_arguments", "invalid_blocks_format", "no_text"),
        mark("Slack doesn't take the card as I drew it, which is a fault of mine"),
    ),
    **dict.fromkeys(
        ("restricted_action", "plan_upgrade_required", "ekm_access_denied", "team_access_not_granted"),
        mark("Slack forbids it"),
    ),
    **dict.fromkeys(
        ("message_not_found", "cant_update_message", "edit_window_closed"),
        mark("The message can't be changed any more"),
    ),
}
"""Slack's own words, in plain ones."""

_CLASS = re.compile(r"([A-Za-z]+): ?(.*)", re.DOTALL)
_NUMBER = re.compile(r"code (\w+)", re.ASCII)


def what(job: StuckJob, about: About, locale: Locale) -> Line:
    """What it was for, and whose it is."""
    if job.kind == "draw":
        return _filled(_HERE if about.in_channel else _CARD if about.is_card else _NOTICE, job, about, locale)
    return _filled(WORDS.get(job.kind, _UNKNOWN)[0], job, about, locale)


def without(job: StuckJob, about: About, locale: Locale) -> Line:
    """What won't happen where it is given up."""
    if job.kind == "draw":
        return _filled(_UNSEEN_HERE if about.in_channel else _UNSEEN, job, about, locale)
    return _filled(WORDS.get(job.kind, _UNKNOWN)[1], job, about, locale)


def _filled(template: str, job: StuckJob, about: About, locale: Locale) -> Line:
    who = Mention(about.user_id) if about.user_id else locale._("somebody")
    called = name(about.name) if about.name else locale._("(no name)")
    return line(locale._(template), who=who, name=called, kind=job.kind)


def why(error: str | None, locale: Locale) -> Line:
    """Why it fails, in plain words, with the error's own word behind it."""
    if not error:
        return line(locale._("Nobody has got to it yet"))
    found = _CLASS.fullmatch(error)
    kind, said = (found[1], found[2]) if found else ("", error)
    if kind in _helps():
        number = _NUMBER.search(said)
        key = "E13-full" if number and number[1] == str(WORKSPACE_FULL) else _helps()[kind]
        told = error_help(key, locale).title
        return line(locale._("Coze: {why} ({code})"), why=told, code=Code(number[1] if number else kind))
    plain = SLACK.get(said if kind == "SlackRefused" else error)
    if plain:
        return line(locale._("{why} ({code})"), why=locale._(plain), code=Code(cut(said, CODE)))
    if kind == "Unreachable":
        return line(locale._("Slack didn't answer"))
    if kind == "TimeoutError":
        return line(locale._("It took too long each time"))
    if error == "nothing to draw":
        return line(locale._("What it tells of isn't there any more"))
    if error.startswith("no handler"):
        return line(locale._("Another version of me has planned it"))
    told = cut(str(redact(error)), CODE)
    return line(locale._("An error of mine: {code}. The log has more."), code=Code(told))


@cache
def _helps() -> Mapping[str, str]:
    """The error help of each class of Coze's errors, by the class's name."""
    return {each.__name__: each.help for each in _below(CozeError)}


def _below(kind: type[CozeError]) -> Iterator[type[CozeError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)
