"""A person's status in one reply: the one next action first, then requests, tokens, agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core import credential as tokens
from bot.core import join, publish
from bot.core.credential import Credential, days_left
from bot.core.join import Request
from bot.core.people import Evidence
from bot.core.publish import Publication
from bot.texts import Reader

from .buttons import COZE, add_in_glasses, agent_url, command
from .parts import Card, Line, Moment, actions, button, fallback_text, line, link, paragraph
from .strings import name

SOON = 3  # days before a token's end from which replacing it comes first
LISTED = 3


@dataclass(frozen=True)
class Going:
    """A guide that waits for the person: its id, and where it stands in words."""

    guide_id: int
    place: str


@dataclass(frozen=True)
class Next:
    """The one thing to do now, and the button that does it."""

    what: Line
    button: ButtonElement | None = None


def status(
    reader: Reader,
    now: datetime,
    person_name: str,
    request: Request | None,
    credentials: Sequence[Credential],
    publications: Sequence[Publication],
    dead: int = 0,
    held: int = 0,
    going: Going | None = None,
) -> Card:
    """Everything about one person. `credentials` may hold closed ones, which are left out.

    For admins: `dead` messages and calls were given up on, `held` cards wait until the bot is back in their channel.
    """
    publications, watched = shown(publications), tokens.watched(credentials)
    next_ = next_step(request, watched, publications, reader, now, going)
    lines = [
        Line(reader.t("**Next:** {next}").replace("{next}", next_.what.template), next_.what.pieces),
        _tokens(watched, reader, now),
        _request(request, reader),
        *_agents(publications, reader),
        *([line(away(held, reader))] if held else []),
        *_dead(dead, reader),
    ]
    blocks: list[Block] = [paragraph(reader, line(reader.t("Hello {name}"), name=name(person_name)), *lines)]
    others = command("help", reader)
    blocks.append(actions(next_.button, others) if next_.button else actions(others))
    return Card(reader.t("Next: {next}", next=fallback_text(reader, next_.what)), blocks)


def shown(publications: Sequence[Publication]) -> list[Publication]:
    """The publications that somebody has confirmed."""
    return [each for each in publications if each.state is not publish.State.DRAFT]


def next_step(
    request: Request | None,
    watched: Sequence[Credential],
    publications: Sequence[Publication],
    reader: Reader,
    now: datetime,
    going: Going | None = None,
) -> Next:
    """The most pressing of what is open; a token about to end before anything that can wait.

    `watched` are the active tokens, the earliest end first; `publications` holds no drafts.
    """
    return (
        _next_token(watched, reader, now)
        or _next_request(request, reader)
        or (_next_in_guide(going, reader) if going else None)
        or _next_agent(publications, reader)
        or _next_idle(request, publications, reader)
    )


def _next_token(watched: Sequence[Credential], reader: Reader, now: datetime) -> Next | None:
    first = watched[0] if watched else None
    if first is None or days_left(first.ends_at, now, reader.tz) > SOON:
        return None
    text = (
        reader.t("replace the token “{name}”, it has ended")
        if first.ends_at <= now
        else reader.t("replace the token “{name}”, it ends {ends}")
    )
    renew = button(reader.t("Help me replace it"), "remind.renew", first.id, primary=True)
    return Next(line(text, name=name(first.name), ends=Moment(first.ends_at)), renew)


def _next_request(request: Request | None, reader: Reader) -> Next | None:
    match request:
        case Request(state=join.State.INFO_REQUESTED):
            answer = button(reader.t("Answer the question…"), "join.answer", request.id, primary=True)
            return Next(line(reader.t("answer the admin's question about your request")), answer)
        case Request(state=join.State.APPROVED, error="E13"):
            fix = button(reader.t("Correct user ID…"), "join.fix", request.id, primary=True)
            return Next(line(reader.t("correct your Coze user ID, the invitation failed")), fix)
        case Request(state=join.State.APPROVED, error="E13-no"):
            allow = link(reader.t("Open Coze"), "coze", COZE, primary=True)
            return Next(line(reader.t("allow joining other spaces in Coze, then tell an admin")), allow)
        case Request(state=join.State.INVITED):
            accept = button(reader.t("I accepted it"), "join.accepted", request.id, primary=True)
            return Next(line(reader.t("accept the ShargeAI invitation in Coze")), accept)
        case Request(state=join.State.DECLINED):
            return Next(line(reader.t("add details and ask to join again")), _again(request, reader))
        case Request(state=join.State.EXPIRED):
            return Next(line(reader.t("ask to join again, nobody decided in time")), _again(request, reader))
        case _:
            return None


def _next_in_guide(going: Going, reader: Reader) -> Next:
    go_on = button(reader.t("Go on"), "guide.resume", going.guide_id, primary=True)
    return Next(line(reader.t("go on with the guide. {place}"), place=going.place), go_on)


def _again(request: Request, reader: Reader) -> ButtonElement:
    return button(reader.t("Ask to join again…"), "join.again", request.id, primary=True)


def _next_agent(publications: Sequence[Publication], reader: Reader) -> Next | None:
    for publication in publications:
        called = name(publication.agent_name)
        if publication.state is publish.State.UNKNOWN:
            check = button(reader.t("Check again"), "publish.check", publication.id, primary=True)
            return Next(line(reader.t("see whether “{name}” was published"), name=called), check)
        if publication.state in (publish.State.REJECTED, publish.State.FAILED):
            fix = link(reader.t("Open agent"), "agent", agent_url(publication), primary=True)
            return Next(line(reader.t("fix “{name}” and publish it again"), name=called), fix)
    return None


def _next_idle(request: Request | None, publications: Sequence[Publication], reader: Reader) -> Next:
    if request is None or request.state in (join.State.WITHDRAWN, join.State.CLOSED, join.State.REMOVED):
        start = button(reader.t("Start connecting"), "guide.start", primary=True)
        return Next(line(reader.t("connect your agent to the glasses, step by step")), start)
    if request.state is join.State.APPROVED:
        if request.error:
            return Next(line(reader.t("nothing, the admins see to your invitation; I tell you here")))
        return Next(line(reader.t("nothing, you are approved; the Coze invitation is on its way")))
    if request.state is not join.State.JOINED:
        return Next(line(reader.t("nothing, an admin has your request; I tell you here")))
    if not publications:
        return Next(
            line(reader.t("build an agent in the ShargeAI space, then publish it")),
            command("publish", reader, primary=True),
        )
    if any(publication.state in publish.UNDER_WAY for publication in publications):
        return Next(line(reader.t("nothing, your agent is on its way; I tell you here")))
    newest = publications[0]  # online, as all of them: whether it answers in the glasses nobody can look up
    text = reader.t("add “{name}” in the glasses, if you have not yet; all else is done ✅")
    return Next(line(text, name=name(newest.agent_name)), add_in_glasses(newest, reader))


def _tokens(watched: Sequence[Credential], reader: Reader, now: datetime) -> Line:
    if not watched:
        return line(reader.t("**Tokens:** none recorded"))
    first = watched[0]
    if first.ends_at <= now:
        text = reader.t("**Tokens:** {count}, the first has ended: {ends}")
        return line(text, count=len(watched), ends=Moment(first.ends_at, day=True))
    days = days_left(first.ends_at, now, reader.tz)
    if days == 0:
        return line(reader.t("**Tokens:** {count}, the first ends today"), count=len(watched))
    left = reader.n("in {count} day", "in {count} days", days)
    text = reader.t("**Tokens:** {count}, the first ends {left}: {ends}")
    return line(text, count=len(watched), left=left, ends=Moment(first.ends_at, day=True))


def _request(request: Request | None, reader: Reader) -> Line:
    if request is None:
        return line(reader.t("**Join request:** none"))
    state = request_state(request, reader)
    of_team = request.state in (join.State.JOINED, join.State.REMOVED)
    prefix = reader.t("**ShargeAI team:** {state}") if of_team else reader.t("**Join request:** {state}")
    return Line(prefix.replace("{state}", state.template), state.pieces)


def request_state(request: Request, reader: Reader) -> Line:
    """Where the person's request stands, as the end of a sentence."""
    ended = Moment(request.ended_at or request.decided_at or request.created_at, day=True)
    match request.state:
        case join.State.PENDING:
            return line(reader.t("waiting for an admin since {at}"), at=Moment(request.created_at, day=True))
        case join.State.INFO_REQUESTED:
            return line(reader.t("an admin asked you something"))
        case join.State.APPROVED if request.error:
            return line(reader.t("approved, the invitation failed"))
        case join.State.APPROVED:
            return line(reader.t("approved, the invitation is on its way"))
        case join.State.INVITED:
            return line(reader.t("approved, waiting for you to accept in Coze"))
        case join.State.JOINED:
            return line(reader.t("member since {at}"), at=Moment(request.joined_at or request.created_at, day=True))
        case join.State.DECLINED:
            return line(reader.t("not approved {at}"), at=ended)
        case join.State.WITHDRAWN:
            return line(reader.t("withdrawn by you"))
        case join.State.REMOVED:
            return line(reader.t("not a member any more since {at}"), at=ended)
        case join.State.EXPIRED | join.State.CLOSED:
            return line(reader.t("closed {at}"), at=ended)


def away(count: int, reader: Reader) -> str:
    """That cards wait because the bot can't post in the admin channel, and how to mend it."""
    return reader.n(
        "❌ I cannot post in the admin channel. Invite me there: {count} message is waiting",
        "❌ I cannot post in the admin channel. Invite me there: {count} messages are waiting",
        count,
    )


def _dead(count: int, reader: Reader) -> list[Line]:
    if not count:
        return []
    return [
        line(
            reader.n(
                "⚠️ {count} thing could not be done; the log says why",
                "⚠️ {count} things could not be done; the log says why",
                count,
            )
        )
    ]


def _agents(publications: Sequence[Publication], reader: Reader) -> list[Line]:
    template = reader.t("**Agent:** “{name}” · {state}")
    lines = [line(template, name=name(p.agent_name), state=agent_state(p, reader)) for p in publications[:LISTED]]
    if len(publications) > LISTED:
        lines.append(line(reader.t("{count} more not shown"), count=len(publications) - LISTED))
    return lines


def agent_state(publication: Publication, reader: Reader) -> str:
    """Where an agent stands on its way to the glasses."""
    if publication.state is publish.State.ONLINE and publication.evidence is Evidence.CONFIRMED:
        return reader.t("online · you confirmed")
    return {
        publish.State.DRAFT: reader.t("being published"),
        publish.State.CONFIRMED: reader.t("being published"),
        publish.State.SUBMITTED: reader.t("being published"),
        publish.State.CLAIMED: reader.t("in review · you confirmed"),
        publish.State.REVIEWING: reader.t("in review"),
        publish.State.ONLINE: reader.t("online · verified"),
        publish.State.REJECTED: reader.t("rejected in review"),
        publish.State.FAILED: reader.t("not published"),
        publish.State.UNKNOWN: reader.t("result unknown"),
    }[publication.state]
