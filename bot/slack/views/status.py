"""A person's status in one reply: the one next action first, then requests, tokens, agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core import credential as tokens
from bot.core import join, publish
from bot.core.credential import Credential, days_left
from bot.core.guide import CurrentStep
from bot.core.join import Request
from bot.core.people import Evidence
from bot.core.publish import Publication
from bot.services.overview import Trouble
from bot.texts.locale import Locale

from .buttons import HOME, add_in_glasses, agent_url, command
from .join.grade import prove
from .join.invited import check_now
from .parts import (
    Card,
    Line,
    Moment,
    actions,
    button,
    context,
    fallback_text,
    headed,
    line,
    link,
    name,
    paragraph,
    with_name,
)
from .refusal import piled

SOON = 3  # days before a token's end from which replacing it comes first
LISTED = 3
NO_TROUBLE = Trouble()


@dataclass(frozen=True)
class Going:
    """A guide that waits for the person: its id, where it stands and on which route, in words; `replaces` is the
    token that it replaces."""

    guide_id: int
    place: str
    route: str = ""
    replaces: int | None = None


@dataclass(frozen=True)
class Next:
    """The one thing to do now in a few words, `called` being the `{name}` in them; `why`, or what else there is to
    say; and the button that does it. `token` is the one that ends, where that comes first."""

    act: str
    why: Line | None = None
    button: ButtonElement | None = None
    called: str = ""
    token: Credential | None = None


def status(
    locale: Locale,
    now: datetime,
    request: Request | None,
    credentials: Sequence[Credential],
    publications: Sequence[Publication],
    trouble: Trouble = NO_TROUBLE,
    going: Going | None = None,
    also: Sequence[Line] = (),
    finished: CurrentStep | None = None,
) -> Card:
    """Everything about one person. Of `credentials` closed ones are left out; `trouble` and `also` are for admins."""
    publications, watched = shown(publications), tokens.watched(credentials)
    next_ = next_step(request, watched, publications, locale, now, going, finished)
    lines = [
        _tokens(watched, locale, now),
        _request(request, locale),
        *_agents(publications, locale),
        *([line(away(trouble.held, locale))] if trouble.held else []),
        *([line(failed(trouble.failed, locale))] if trouble.failed else []),
        *doubted(trouble.unproven, locale),
        *piled(trouble.refused, locale),
        *also,
    ]
    why = [next_.why] if next_.why else []
    small = context(locale, line(locale._("Next step")), *why)
    blocks: list[Block] = [headed(next_.act, next_.called), small, paragraph(locale, *lines)]
    others = [command("help", locale)]
    if trouble.failed:
        others.insert(0, command("admin", locale))
    blocks.append(actions(next_.button, *others) if next_.button else actions(*others))
    told = [with_name(next_.act, next_.called), *(fallback_text(locale, each) for each in why)]
    return Card(" · ".join(told), blocks)


def is_idle(request: Request | None, credentials: Sequence[Credential], publications: Sequence[Publication]) -> bool:
    """Whether nothing is open and nothing watched, so that all there is to do is to begin."""
    begun = request is not None and request.state not in (join.JoinState.WITHDRAWN, join.JoinState.CLOSED)
    return not (begun or tokens.watched(credentials) or shown(publications))


def shown(publications: Sequence[Publication]) -> list[Publication]:
    """The publications that somebody has confirmed."""
    return [each for each in publications if each.state is not publish.PublicationState.DRAFT]


def next_step(
    request: Request | None,
    watched: Sequence[Credential],
    publications: Sequence[Publication],
    locale: Locale,
    now: datetime,
    going: Going | None = None,
    finished: CurrentStep | None = None,
) -> Next:
    """The most pressing of what is open; a token about to end before anything that can wait.

    `watched` are the active tokens, the earliest end first; `publications` holds no drafts. `finished` is the
    guide that was walked to its end, where none is open.
    """
    return (
        _next_token(watched, locale, now, going)
        or _next_request(request, locale)
        or (_next_in_guide(going, locale) if going else None)
        or _next_agent(publications, locale)
        or _next_idle(request, publications, locale, finished)
    )


def is_pressing(token: Credential, locale: Locale, now: datetime) -> bool:
    """Whether replacing it comes first."""
    return token.is_refused(now) or days_left(token.ends_at, now, locale.tz) <= SOON


def first_to_replace(watched: Sequence[Credential], locale: Locale, now: datetime) -> Credential | None:
    """The first that Coze refuses or that is about to end; what has ended already, for longer the less anybody misses
    it, comes after."""
    pressing = [each for each in watched if is_pressing(each, locale, now)]
    living = [each for each in pressing if each.ends_at > now]
    refused = (each for each in living if each.refused_at)
    return next(iter([*refused, *living, *pressing[-1:]]), None)


def heading(credential: Credential, locale: Locale, now: datetime) -> str:
    """What to do about a token and how soon, with `{name}` open: the head of its reminder and of Home."""
    days = days_left(credential.ends_at, now, locale.tz)
    if credential.ends_at <= now:
        return locale._("Replace “{name}”, it has expired")
    if not days:
        return locale._("Replace “{name}” today")
    return locale.ngettext(
        "Replace “{name}”: {count} day left", "Replace “{name}”: {count} days left", days, name="{name}"
    )


def _next_token(watched: Sequence[Credential], locale: Locale, now: datetime, going: Going | None) -> Next | None:
    first = first_to_replace(watched, locale, now)
    if first is None:
        return None
    if going and going.replaces == first.id:
        return _next_in_guide(going, locale)
    renew = button(locale._("Help me replace it"), "remind.renew", first.id, primary=True)
    if first.is_refused(now):
        return Next(locale._("Replace “{name}”: Coze refuses it"), None, renew, first.name, first)
    why = line(locale._("it expires {ends}"), ends=Moment(first.ends_at)) if first.ends_at > now else None
    return Next(heading(first, locale, now), why, renew, first.name, first)


def _next_request(request: Request | None, locale: Locale) -> Next | None:
    match request:
        case Request(state=join.JoinState.PENDING | join.JoinState.INFO_REQUESTED, coze_uid=""):
            enter = button(locale._("Enter my account…"), "join.edit", request.id, primary=True)
            return Next(locale._("Enter your own Coze account"), line(locale._("your request needs it")), enter)
        case Request(state=join.JoinState.INFO_REQUESTED):
            answer = button(locale._("Answer the question…"), "join.answer", request.id, primary=True)
            return Next(locale._("Answer the admin's question"), line(locale._("it is about your request")), answer)
        case Request(state=join.JoinState.APPROVED, error="E13"):
            fix = button(locale._("Correct user ID…"), "join.fix", request.id, primary=True)
            return Next(locale._("Correct your Coze user ID"), line(locale._("the invitation failed")), fix)
        case Request(state=join.JoinState.APPROVED, error=join.WHOSE):
            return Next(locale._("Verify your Coze account"), line(locale._("then you're in")), prove(locale))
        case Request(state=join.JoinState.APPROVED, error="E13-no"):
            allow = link(locale._("Open Coze"), "coze", HOME, primary=True)
            return Next(locale._("Allow joining other spaces in Coze"), line(locale._("then tell an admin")), allow)
        case Request(state=join.JoinState.INVITED):
            accept = button(locale._("I accepted it"), "join.accepted", request.id, primary=True)
            return Next(locale._("Accept the ShargeAI invitation"), line(locale._("it waits in Coze")), accept)
        case Request(state=join.JoinState.DECLINED):
            why = line(locale._("with a few more details"))
            return Next(locale._("Request to join again"), why, _again(request, locale))
        case Request(state=join.JoinState.REVOKED):
            why = line(locale._("your approval was taken back"))
            return Next(locale._("Request to join again"), why, _again(request, locale))
        case Request(state=join.JoinState.EXPIRED):
            why = line(locale._("nobody decided in time"))
            return Next(locale._("Request to join again"), why, _again(request, locale))
        case _:
            return None


def _next_in_guide(going: Going, locale: Locale) -> Next:
    go_on = button(locale._("Continue"), "guide.resume", going.guide_id, primary=True)
    return Next(locale._("Continue with the guide"), line("{place}", place=going.place), go_on)


def _again(request: Request, locale: Locale) -> ButtonElement:
    return button(locale._("Request to join again…"), "join.again", request.id, primary=True)


def _next_agent(publications: Sequence[Publication], locale: Locale) -> Next | None:
    for publication in publications:
        called = publication.agent_name
        if publication.state is publish.PublicationState.UNKNOWN:
            check = button(check_now(locale), "publish.check", publication.id, primary=True)
            return Next(locale._("See whether “{name}” is live"), None, check, called)
        if publication.state in (publish.PublicationState.REJECTED, publish.PublicationState.FAILED):
            fix = link(locale._("Open agent"), "agent", agent_url(publication), primary=True)
            return Next(locale._("Fix “{name}”, then publish it again"), None, fix, called)
    return None


def _next_idle(
    request: Request | None, publications: Sequence[Publication], locale: Locale, finished: CurrentStep | None
) -> Next:
    if request is None or request.state in (join.JoinState.WITHDRAWN, join.JoinState.CLOSED, join.JoinState.REMOVED):
        if finished:
            return _next_after_guide(finished, locale)
        start = button(locale._("Start connecting"), "guide.start", primary=True)
        return Next(locale._("Connect your agent to the glasses"), line(locale._("step by step")), start)
    nothing = locale._("Nothing to do")
    if request.state is join.JoinState.APPROVED:
        if request.error:
            return Next(nothing, line(locale._("the admins see to your invitation; I'll tell you here")))
        return Next(nothing, line(locale._("you are approved; the Coze invitation is on its way")))
    if request.state is join.JoinState.PENDING and request.alone_at:
        return Next(nothing, line(locale._("you're the only admin; your request's card says who may decide")))
    if request.state is not join.JoinState.JOINED:
        return Next(nothing, line(locale._("an admin has your request; I'll tell you here")))
    if request.wants_proof and not request.by_hand:
        return Next(locale._("Verify your Coze account"), line(locale._("publishing needs it")), prove(locale))
    publications = [each for each in publications if not each.is_api_only]
    if not publications:
        act, why = locale._("Build an agent in the team's space"), line(locale._("then publish it"))
        return Next(act, why, command("publish", locale, primary=True))
    if any(publication.state in publish.UNDER_WAY for publication in publications):
        return Next(nothing, line(locale._("your agent is on its way; I'll tell you here")))
    newest = publications[0]  # online, as all of them: whether it answers in the glasses nobody can look up
    why = line(locale._("if you haven't yet; all else is done ✅"))
    return Next(locale._("Add “{name}” in the glasses"), why, add_in_glasses(newest, locale), newest.agent_name)


def _next_after_guide(finished: CurrentStep, locale: Locale) -> Next:
    """Who has walked a guide to its end has begun long ago."""
    another, nothing = button(locale._("Add another"), "guide.start"), locale._("Nothing to do")
    if not finished.agent:
        return Next(nothing, line(locale._("your guide is finished ✅ Add another agent whenever you like")), another)
    text = locale._("“{name}” is connected ✅ Add another whenever you like")
    return Next(nothing, line(text, name=name(finished.agent)), another)


def _tokens(watched: Sequence[Credential], locale: Locale, now: datetime) -> Line:
    if not watched:
        return line(locale._("**Tokens:** none recorded"))
    first = watched[0]
    if first.ends_at <= now:
        text = locale._("**Tokens:** {count}, the first has expired: {ends}")
        return line(text, count=len(watched), ends=Moment(first.ends_at, day=True))
    days = days_left(first.ends_at, now, locale.tz)
    if days == 0:
        return line(locale._("**Tokens:** {count}, the first expires today"), count=len(watched))
    left = locale.ngettext("in {count} day", "in {count} days", days)
    text = locale._("**Tokens:** {count}, the first expires {left}: {ends}")
    return line(text, count=len(watched), left=left, ends=Moment(first.ends_at, day=True))


def _request(request: Request | None, locale: Locale) -> Line:
    if request is None:
        return line(locale._("**Join request:** none"))
    state = request_state(request, locale)
    of_team = request.state in (join.JoinState.JOINED, join.JoinState.REMOVED)
    prefix = locale._("**ShargeAI team:** {state}") if of_team else locale._("**Join request:** {state}")
    return Line(prefix.replace("{state}", state.template), state.pieces)


def request_state(request: Request, locale: Locale) -> Line:
    """Where the person's request stands, as the end of a sentence."""
    ended = Moment(request.ended_at or request.decided_at or request.created_at, day=True)
    match request.state:
        case join.JoinState.PENDING if not request.coze_uid:
            return line(locale._("waiting for an account of yours"))
        case join.JoinState.PENDING:
            return line(locale._("waiting for an admin since {at}"), at=Moment(request.waiting_since, day=True))
        case join.JoinState.INFO_REQUESTED:
            return line(locale._("an admin asked you something"))
        case join.JoinState.APPROVED if request.error == join.WHOSE:
            return line(locale._("approved, please verify your account"))
        case join.JoinState.APPROVED if request.error:
            return line(locale._("approved, the invitation failed"))
        case join.JoinState.APPROVED:
            return line(locale._("approved, the invitation is on its way"))
        case join.JoinState.INVITED:
            return line(locale._("approved, waiting for you to accept in Coze"))
        case join.JoinState.JOINED:
            return line(locale._("member since {at}"), at=Moment(request.joined_at or request.created_at, day=True))
        case join.JoinState.DECLINED:
            return line(locale._("not approved {at}"), at=ended)
        case join.JoinState.WITHDRAWN:
            return line(locale._("withdrawn by you"))
        case join.JoinState.REVOKED:
            return line(locale._("approval taken back {at}"), at=ended)
        case join.JoinState.REMOVED:
            return line(locale._("not a member any more since {at}"), at=ended)
        case join.JoinState.EXPIRED | join.JoinState.CLOSED:
            return line(locale._("closed {at}"), at=ended)


def away(count: int, locale: Locale) -> str:
    """That cards wait because the bot can't post in the admin channel, and how to mend it."""
    return locale.ngettext(
        "❌ I can't post in the admin channel. Invite me there: {count} message is waiting",
        "❌ I can't post in the admin channel. Invite me there: {count} messages are waiting",
        count,
    )


def doubted(count: int, locale: Locale) -> list[Line]:
    """How many members can't publish before they have shown that their account is theirs."""
    if not count:
        return []
    text = locale.ngettext(
        "⚠️ {count} member hasn't verified their Coze account and can't publish: `/sharge queue unproven`",
        "⚠️ {count} members haven't verified their Coze account and can't publish: `/sharge queue unproven`",
        count,
    )
    return [line(text)]


def failed(count: int, locale: Locale) -> str:
    """How many jobs could not be done."""
    return locale.ngettext("❌ {count} thing could not be done", "❌ {count} things could not be done", count)


def _agents(publications: Sequence[Publication], locale: Locale) -> list[Line]:
    template = locale._("**Agent:** “{name}” · {state}")
    lines = [line(template, name=name(p.agent_name), state=agent_state(p, locale)) for p in publications[:LISTED]]
    if len(publications) > LISTED:
        lines.append(line(locale._("{count} more not shown"), count=len(publications) - LISTED))
    return lines


def agent_state(publication: Publication, locale: Locale) -> str:
    """Where an agent stands on its way to the glasses, or to the API alone."""
    if publication.state is publish.PublicationState.ONLINE and publication.is_api_only:
        return locale._("on the API channel")
    if publication.state is publish.PublicationState.REVIEWING and publication.is_api_only:
        return locale._("being published")
    if publication.state is publish.PublicationState.ONLINE and publication.evidence is Evidence.CONFIRMED:
        return locale._("live · you confirmed")
    if publication.state is publish.PublicationState.ONLINE and publication.reviewed_at:
        return locale._("live · approved")
    return {
        publish.PublicationState.DRAFT: locale._("being published"),
        publish.PublicationState.CONFIRMED: locale._("being published"),
        publish.PublicationState.SUBMITTED: locale._("being published"),
        publish.PublicationState.CLAIMED: locale._("in review · you confirmed"),
        publish.PublicationState.REVIEWING: locale._("in review"),
        publish.PublicationState.ONLINE: locale._("live · listed by Coze"),
        publish.PublicationState.REJECTED: locale._("rejected in review"),
        publish.PublicationState.FAILED: locale._("not published"),
        publish.PublicationState.UNKNOWN: locale._("result unknown"),
        publish.PublicationState.UNPUBLISHED: locale._("taken off the channel"),
        publish.PublicationState.DELETED: locale._("deleted on Coze"),
    }[publication.state]
