"""The Monday digest: what is to do, and which tokens end in this week and the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core.credential import Credential, weeks_on
from bot.core.digest import Digest
from bot.core.expiring import USUAL, WEEK
from bot.core.join import Request
from bot.texts.locale import Locale

from .buttons import command
from .chart import BarChart
from .expiring import CHARTED, owner
from .join.shared import waited
from .parts import (
    Card,
    Line,
    Link,
    Mention,
    Piece,
    actions,
    bullets,
    button,
    context,
    header,
    line,
    name,
    rich_text,
)


@dataclass(frozen=True)
class Places:
    """Where the cards stand that decide: of the request that waits longest, of the one that was approved first, and
    of who has left and has tokens, or agents. "" where there is none.
    """

    waiting: str = ""
    unfinished: str = ""
    unreachable: str = ""
    ownerless: str = ""


def card(found: Digest, places: Places, locale: Locale, now: datetime) -> Card:
    """The card; its zone is that of the admins."""
    ends = sum(found.counts)
    tokens = locale.ngettext("{count} token expires in 14 days", "{count} tokens expire in 14 days", ends)
    title = locale.ngettext("Monday: {count} thing to do", "Monday: {count} things to do", found.things)
    text = locale._("{things}, {tokens}", things=title, tokens=tokens) if ends else title
    if not found.things:
        text = title = locale._("Monday: {tokens}", tokens=tokens)
    todo = list(_todo(found, places, locale, now))
    blocks: list[Block] = [
        header(title),
        *([rich_text(bullets(locale, *todo))] if todo else []),
        actions(*_buttons(found, locale)),
        *([_chart(found, locale)] if ends >= CHARTED else []),
        *([rich_text(bullets(locale, *_weeks(found, locale)))] if ends else []),
        context(locale, line(_before(found.expired, locale)), line(locale._("not sent when there is nothing"))),
    ]
    return Card(text, blocks)


def _buttons(found: Digest, locale: Locale) -> list[ButtonElement]:
    """Where each of it is done."""
    row = [button(locale._("Open to-do list"), "command.queue", primary=True)]
    if found.stuck:
        row.append(button(locale._("Release history"), "command.history"))
    return [*row, command("expiring", locale, str(USUAL))]


def _todo(found: Digest, places: Places, locale: Locale, now: datetime) -> Iterator[Line]:
    count, oldest = found.waiting
    if oldest:
        text = locale.ngettext(
            "**{count} join request** waiting, the longest {time}: {who}",
            "**{count} join requests** waiting, the longest {time}: {who}",
            count,
            **_OPEN,
        )
        yield _of_request(text, oldest, oldest.waiting_since, places.waiting, locale, now)
    count, oldest = found.unfinished
    if oldest:
        text = locale.ngettext(
            "**{count} approved**, not in the team yet, the longest {time}: {who}",
            "**{count} approved**, not in the team yet, the longest {time}: {who}",
            count,
            **_OPEN,
        )
        since = oldest.decided_at or oldest.created_at
        yield _of_request(text, oldest, since, places.unfinished, locale, now)
    if found.stuck:
        text = locale.ngettext(
            "**{count} publish without a result**: {names}",
            "**{count} publishes without a result**: {names}",
            len(found.stuck),
            names="{names}",
        )
        called = [locale._("“{name}”", name=name(each.agent_name)) for each in found.stuck[:NAMED]]
        yield line(text, names=locale.listed(called))
    if found.dead:
        text = locale.ngettext(
            "**{count} thing could not be done**: `/sharge admin` shows why",
            "**{count} things could not be done**: `/sharge admin` shows why",
            found.dead,
        )
        yield line(text)
    yield from _left(found, places, locale)


def _left(found: Digest, places: Places, locale: Locale) -> Iterator[Line]:
    count, whose = found.unreachable
    if count:
        text = locale.ngettext(
            "**{count} person can't be reached** and has tokens that run on: {who}",
            "**{count} people can't be reached** and have tokens that run on, such as {who}",
            count,
            **_OPEN,
        )
        yield _linked(text, places.unreachable, locale, who=Mention(whose))
    count, whose = found.ownerless
    if count:
        text = locale.ngettext(
            "**{count} agent without an owner** is online, made by {who}",
            "**{count} agents without an owner** are online, one made by {who}",
            count,
            **_OPEN,
        )
        yield _linked(text, places.ownerless, locale, who=Mention(whose))


_OPEN = {"time": "{time}", "who": "{who}"}
NAMED = 3


def _of_request(text: str, request: Request, since: datetime, url: str, locale: Locale, now: datetime) -> Line:
    return _linked(text, url, locale, time=waited(since, now, locale), who=Mention(request.user_id))


def _linked(text: str, url: str, locale: Locale, **pieces: Piece) -> Line:
    """The text, and the way to the card that decides, where one stands."""
    if not url:
        return line(text, **pieces)
    return Line(f"{text} · {{place}}", {**pieces, "place": Link(locale._("see the card"), url)})


def _chart(found: Digest, locale: Locale) -> BarChart:
    days = [locale.weekday(found.monday, day) for day in range(WEEK)]
    weeks = {
        locale._("This week"): found.counts[:WEEK],
        locale._("Next week"): found.counts[WEEK:],
    }
    return BarChart(locale._("Tokens expiring in 14 days"), days, weeks, locale._("tokens"))


def _weeks(found: Digest, locale: Locale) -> Iterator[Line]:
    names = locale._("This week"), locale._("Next week")
    for week, called in enumerate(names):
        count = sum(found.counts[week * WEEK : (week + 1) * WEEK])
        listed = [each for each in found.first if weeks_on(each.ends_at, found.monday, locale.tz) == week]
        if count:
            yield _week(called, count, listed, locale)


def _week(called: str, count: int, listed: Sequence[Credential], locale: Locale) -> Line:
    """How many, and the first of them by their days."""
    items, pieces = [], dict[str, Piece]()
    for n, each in enumerate(listed):
        marks = {key: f"{{{key}{n}}}" for key in ("who", "name")}
        items.append(locale._("{day} {who} “{name}”", day=locale.weekday(each.ends_at), **marks))
        pieces |= {f"who{n}": owner(each, locale), f"name{n}": name(each.name)}
    if count > len(listed):
        items.append(locale._("{count} more", count=locale.number(count - len(listed))))
    told = locale._("{week} {count}: {tokens}", week=called, count=locale.number(count), tokens=locale.listed(items))
    return Line(told, pieces)


def _before(expired: int, locale: Locale) -> str:
    if not expired:
        return locale._("Last week no token expired unreplaced")
    return locale.ngettext(
        "Last week {count} token expired unreplaced", "Last week {count} tokens expired unreplaced", expired
    )
