"""What the views of joining share: who it is about, for how long it has waited, how it went."""

import re
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject, RichTextBlock

from bot.core.join import OPEN, JoinState, Request
from bot.texts.filling import fill
from bot.texts.locale import Help, Locale, error_help

from ..guide.lint import duration
from ..parts import (
    HEADING,
    NAME,
    Code,
    Line,
    Mention,
    Moment,
    clean,
    context,
    cut,
    line,
    name,
    paragraph,
    width,
)
from .grade import short

_SENTENCE_END = re.compile(r"[\u3002\uff01\uff1f\uff1b\uff1a\n]|[.!?;:](?:\s|$)")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WRONG_ID, FULL, OUTSIDER, REFUSES = "E13", "E13-full", "E13-org", "E13-no"


def invitation_help(error: str | None, locale: Locale) -> Help:
    """What to do about a failed invitation. `error` is a key of the error help."""
    return error_help(error or WRONG_ID, locale)


def person(request: Request, locale: Locale) -> Line:
    """The person by mention and by their name on Coze."""
    if not goes_by(request):
        return line("{who}", who=Mention(request.user_id))
    return line(locale._("{who} ({nick})"), who=Mention(request.user_id), nick=name(request.nick))


def goes_by(request: Request) -> bool:
    """Whether they are called otherwise on Coze than here; else one name says it."""
    return clean(request.nick).strip().casefold() not in ("", clean(request.name).strip().casefold())


def about(request: Request) -> str:
    """What they want to do, in its first words."""
    words = clean(request.purpose).strip()
    return cut(_SENTENCE_END.split(words, maxsplit=1)[0].strip() or " ".join(words.split()), NAME)


def titled(request: Request, locale: Locale, state: str, *more: Line, head: str = "") -> list[Block]:
    """A card's head: what to do about whom and what they want, and below it how it stands. `head` has `{name}` and
    `{purpose}`; without one, they want to join.
    """
    template = head or locale._("{name} wants to join: {purpose}")
    called, words = cut(name(request.name), NAME // 2), about(request)
    while len(words) > 1 and width(fill(template, {"name": called, "purpose": words})) > HEADING:
        words = cut(words, len(words) - 1)
    title = fill(template, {"name": called, "purpose": words})
    return [
        HeaderBlock(text=PlainTextObject(text=title, emoji=False)),
        context(locale, line("{state}", state=state), *more),
    ]


def account(request: Request, locale: Locale) -> RichTextBlock:
    """Who it is, here and on Coze, and how surely."""
    text = locale._("{who} ({nick}) · {uid} · {grade}") if goes_by(request) else "{who} · {uid} · {grade}"
    nick, uid, grade = name(request.nick), Code(request.coze_uid), short(request, locale)
    return paragraph(locale, line(text, who=Mention(request.user_id), nick=nick, uid=uid, grade=grade))


def sent(request: Request, locale: Locale) -> Line:
    """The person's first step, done."""
    return line(locale._("✅ Sent · {at}"), at=Moment(request.created_at))


def approved(request: Request, locale: Locale) -> Line:
    """The admins' step, done."""
    return line(locale._("✅ Approved · {at}"), at=_decided(request))


def waited(since: datetime, now: datetime, locale: Locale) -> str:
    """How long it has been, in whole hours up to two days, then in whole days."""
    time = max(now - since, timedelta())
    if time < HOUR:
        return locale._("less than an hour")
    unit = HOUR if time < 2 * DAY else DAY
    return _counted(time // unit, unit, locale)


def _counted(count: int, unit: timedelta, locale: Locale) -> str:
    if unit is DAY:
        return duration(count * 86_400, locale)
    template = locale._("{count} hour") if count == 1 else locale._("{count} hours")
    return template.format(count=count)


def outcome(request: Request, locale: Locale) -> str:
    """In a word or two where an earlier request has ended."""
    match request.state:
        case JoinState.DECLINED:
            return locale._("declined")
        case JoinState.WITHDRAWN:
            return locale._("withdrawn")
        case JoinState.REVOKED:
            return locale._("approval taken back")
        case JoinState.EXPIRED:
            return locale._("not decided in time")
        case JoinState.CLOSED:
            return locale._("left Slack")
        case JoinState.REMOVED:
            return locale._("removed from the team")
        case _:
            return locale._("approved")


def ended(request: Request) -> datetime:
    """When it was decided or came to its end (UTC)."""
    return request.ended_at or request.decided_at or request.created_at


def settled(request: Request, locale: Locale) -> Line:
    """One line that stays of a notice once there is nothing to do about it any more."""
    who, at = Mention(request.user_id), Moment(ended(request))
    by = Mention(request.decided_by) if request.decided_by else locale._("an admin")
    if request.state is JoinState.INFO_REQUESTED:
        return line(locale._("💬 {who} was asked a question; the answer is awaited"), who=who)
    if request.state is JoinState.PENDING:
        return line(locale._("⏳ Request of {who}: waiting"), who=who)
    if request.state in OPEN or request.state is JoinState.JOINED:
        return line(locale._("✅ Request of {who} approved by {by} · {at}"), who=who, by=by, at=_decided(request))
    if request.state is JoinState.DECLINED:
        return line(locale._("✖️ Request of {who} declined by {by} · {at}"), who=who, by=by, at=at)
    return line(locale._("Request of {who}: {outcome} · {at}"), who=who, outcome=outcome(request, locale), at=at)


def decider(request: Request, locale: Locale) -> Mention | str:
    """Who has decided."""
    return Mention(request.decided_by) if request.decided_by else locale._("An admin")


def _decided(request: Request) -> Moment:
    return Moment(request.decided_at or request.created_at)
