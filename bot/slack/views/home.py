"""The Home tab: what is true for a person now, and for admins what waits for them first."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    DividerBlock,
    RawTextObject,
    TableBlock,
    TableBlockColumnSettings,
)

from bot.core import credential as tokens
from bot.core import join
from bot.core.credential import Credential, days_left
from bot.core.join import Request
from bot.core.publish import Publication
from bot.texts import Reader

from .buttons import agent_url, command, languages
from .join.queue import row
from .parts import Line, Mention, Moment, actions, button, context, header, home, line, link, menu, paragraph, section
from .status import Going, Next, agent_state, away, next_step, request_state, shown
from .strings import name

ROWS = 10  # of what waits, in all
OWN, OWN_OF_ADMINS = 5, 2  # of one's own tokens and agents each; Home stays within 40 blocks


def member(
    reader: Reader,
    now: datetime,
    person_name: str,
    request: Request | None,
    credentials: Sequence[Credential],
    publications: Sequence[Publication],
    may_nudge: bool = False,
    agreed: datetime | None = None,
    going: Going | None = None,
) -> dict[str, Any]:
    """A member's Home. While the request waits: `agreed` (UTC) is until when, `may_nudge` offers a reminder.

    `going` is the guide that waits for them.
    """
    own = _own(reader, now, request, credentials, publications, may_nudge, agreed, going=going)
    return home([_hello(reader, person_name), *own, *_foot(reader)])


def admin(
    reader: Reader,
    now: datetime,
    person_name: str,
    request: Request | None,
    credentials: Sequence[Credential],
    publications: Sequence[Publication],
    may_nudge: bool = False,
    agreed: datetime | None = None,
    going: Going | None = None,
    *,
    waiting: Sequence[Request] = (),
    unfinished: Sequence[Request] = (),
    total: int = 0,
    ending: Sequence[Credential] = (),
    dead: int = 0,
    held: int = 0,
    overdue: Collection[int] = (),
) -> dict[str, Any]:
    """An admin's Home: what waits, which tokens end within 14 days, whether all works, then their own.

    `waiting` are undecided requests and `unfinished` decided ones, oldest first, the beginning of `total` in all;
    `overdue` holds the ids of those past the agreed time. `ending` are other people's tokens, the earliest end first.
    `held` cards wait until the bot is back in the admin channel.
    """
    first = not (waiting or unfinished)
    own = _own(reader, now, request, credentials, publications, may_nudge, agreed, first, OWN_OF_ADMINS, going)
    blocks = [
        _hello(reader, person_name),
        *_todo(reader, now, [*waiting, *unfinished], total, overdue),
        *_ending(reader, ending),
        *_health(reader, dead, held),
        DividerBlock(),
        *own,
        *_foot(reader),
    ]
    return home(blocks)


def outsider(reader: Reader, person_name: str) -> dict[str, Any]:
    """The Home of guests and strangers, who have no part in it."""
    text = line(reader.t("Only full members of this Slack workspace can use this."))
    return home([_hello(reader, person_name), paragraph(reader, text)])


def _hello(reader: Reader, person_name: str) -> Block:
    return context(reader, line(reader.t("Hello {name}"), name=name(person_name)))


def _own(
    reader: Reader,
    now: datetime,
    request: Request | None,
    credentials: Sequence[Credential],
    publications: Sequence[Publication],
    may_nudge: bool,
    agreed: datetime | None,
    first: bool = True,
    most: int = OWN,
    going: Going | None = None,
) -> list[Block]:
    """The next step, the tokens, the agents and the request of whoever looks; `first` if nothing else is urgent."""
    watched, agents = tokens.watched(credentials), shown(publications)
    next_ = next_step(request, watched, agents, reader, now, going)
    if next_.button and not first:
        next_.button.style = None
    blocks: list[Block] = [
        header(reader.t("Your next step")),
        _next(next_, reader),
        DividerBlock(),
        header(reader.t("My tokens")),
        *_tokens(watched, reader, now, most),
        actions(button(reader.t("Record a token…"), "credential.record")),
    ]
    mine = [*_agents(agents, reader, most), *_request(request, reader, now, may_nudge, agreed)]
    return [*blocks, DividerBlock(), header(reader.t("My agents and requests")), *mine] if mine else blocks


def _next(next_: Next, reader: Reader) -> Block:
    what = _sentence(next_.what)
    return section(reader, next_.button, what) if next_.button else paragraph(reader, what)


def _tokens(watched: Sequence[Credential], reader: Reader, now: datetime, most: int) -> list[Block]:
    if not watched:
        return [paragraph(reader, line(reader.t("None recorded. Tell me an end date, and I remind you in time.")))]
    rows = [_token(each, reader, now) for each in watched[:most]]
    note = [line(reader.t("End dates are the ones you entered; Coze does not tell."))]
    return [*rows, context(reader, *_more(len(watched) - most, reader), *note)]


def _token(credential: Credential, reader: Reader, now: datetime) -> Block:
    off = menu("remind.more", (reader.t("I no longer need it"), f"off:{credential.id}"))
    days = days_left(credential.ends_at, now, reader.tz)
    if credential.ends_at <= now:
        left = reader.t("has ended")
    else:
        left = reader.n("{count} day left", "{count} days left", days) if days else reader.t("ends today")
    return section(
        reader,
        off,
        line(reader.t("“{name}”: {left}"), name=name(credential.name), left=left),
        line(reader.t("Ends {ends}"), ends=Moment(credential.ends_at)),
    )


def _agents(agents: Sequence[Publication], reader: Reader, most: int) -> list[Block]:
    rows: list[Block] = [
        section(
            reader,
            link(reader.t("Open agent"), "agent", agent_url(each)),
            line(reader.t("“{name}”"), name=name(each.agent_name)),
            line("{state}", state=agent_state(each, reader)),
        )
        for each in agents[:most]
    ]
    more = _more(len(agents) - most, reader)
    return [*rows, context(reader, *more)] if more else rows


def _request(
    request: Request | None, reader: Reader, now: datetime, may_nudge: bool, agreed: datetime | None
) -> list[Block]:
    what = line(reader.t("Join ShargeAI"))
    if request is None:
        return [section(reader, command("join", reader), what, line(reader.t("Not asked yet")))]
    state = _sentence(request_state(request, reader))
    if request.state is join.State.JOINED:
        return [paragraph(reader, what, state)]
    if request.state not in join.OPEN:
        return [section(reader, button(reader.t("Ask to join again…"), "join.again", request.id), what, state)]
    until = [line(reader.t("An answer may be expected by {agreed}"), agreed=Moment(agreed))] if agreed else []
    if request.state is not join.State.PENDING or (agreed and now > agreed):
        until = []
    show = (
        button(reader.t("Nudge the admins"), "join.nudge", request.id)
        if may_nudge
        else button(reader.t("See request"), "join.show", request.id)
    )
    return [section(reader, show, what, state, *until)]


def _todo(
    reader: Reader,
    now: datetime,
    waiting: Sequence[Request],
    total: int,
    overdue: Collection[int],
) -> list[Block]:
    """What waits for admins, at most ten rows of it."""
    if not waiting:
        return [
            header(reader.t("Waiting for you")),
            paragraph(reader, line(reader.t("Nobody is waiting ✅"))),
            DividerBlock(),
        ]
    listed = waiting[:ROWS]
    rows = [row(each, reader, now, each.id in overdue, primary=not index) for index, each in enumerate(listed)]
    count = max(total, len(waiting))
    blocks: list[Block] = [header(reader.t("Waiting for you · {count}", count=reader.number(count))), *rows]
    blocks.append(actions(command("queue", reader)))
    if more := _more(count - len(listed), reader):
        blocks.append(context(reader, *more))
    return [*blocks, DividerBlock()]


def _ending(reader: Reader, ending: Sequence[Credential]) -> list[Block]:
    if not ending:
        return []
    title = reader.t("Tokens ending in 14 days · {count}", count=len(ending))
    rows = [_table_head(reader), *(_table_row(each, reader) for each in ending[:ROWS])]
    settings = [TableBlockColumnSettings(is_wrapped=True), TableBlockColumnSettings(is_wrapped=True)]
    blocks: list[Block] = [
        header(title),
        TableBlock(rows=rows, column_settings=[*settings, TableBlockColumnSettings(align="right")]),
        context(reader, line(reader.t("The owners are reminded by me")), *_more(len(ending) - ROWS, reader)),
    ]
    return [*blocks, DividerBlock()]


def _table_head(reader: Reader) -> list[Any]:
    return [RawTextObject(text=text) for text in (reader.t("Who"), reader.t("Token"), reader.t("Ends"))]


def _table_row(credential: Credential, reader: Reader) -> list[Any]:
    return [
        paragraph(reader, line("{who}", who=Mention(credential.user_id))),
        RawTextObject(text=name(credential.name)),
        paragraph(reader, line("{ends}", ends=Moment(credential.ends_at, day=True))),
    ]


def _health(reader: Reader, dead: int, held: int) -> list[Block]:
    if held:
        return [header(reader.t("Service health")), paragraph(reader, line(away(held, reader)))]
    text = (
        reader.n(
            "❌ {count} thing could not be done; the log says why",
            "❌ {count} things could not be done; the log says why",
            dead,
        )
        if dead
        else reader.t("✅ Nothing has failed.")
    )
    return [header(reader.t("Service health")), paragraph(reader, line(text))]


def _foot(reader: Reader) -> list[Block]:
    return [
        DividerBlock(),
        actions(
            *languages(reader, "people.language"),
            command("help", reader),
        ),
        context(reader, line(reader.t("Reminders come in your own time zone. Type `/sharge help` for all commands"))),
    ]


def _more(count: int, reader: Reader) -> list[Line]:
    return [line(reader.t("{count} more", count=reader.number(count)))] if count > 0 else []


def _sentence(text: Line) -> Line:
    """The line with a capital at its beginning."""
    return Line(text.template[:1].upper() + text.template[1:], text.pieces)
