"""The Home tab: what is true for a person now, and for admins what waits for them first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, DividerBlock

from bot.core import credential as tokens
from bot.core import join
from bot.core.agents import AgentFacts
from bot.core.credential import Credential, weeks_on
from bot.core.guide import CurrentStep
from bot.core.join import Request
from bot.core.publish import Publication
from bot.core.remind import USUAL, Quiet
from bot.services.overview import Board, Trouble
from bot.texts.locale import Locale

from . import agents as agent_rows
from . import oauth_key, token_rows
from .buttons import command, languages
from .guide.lint import duration
from .join.grade import prove, short
from .join.queue import row
from .parts import (
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    button,
    context,
    headed,
    header,
    home,
    line,
    name,
    paragraph,
    rich_text,
    section,
    text_section,
)
from .preferences import told
from .refusal import piled
from .status import Going, Next, away, doubted, failed, heading, next_step, request_state, shown

WAITING, ROWS = 5, 10  # of what waits and of tokens that end soon, in all
KEYS = 2  # of one's OAuth apps; all stand in the list of reminders
OWN, OWN_OF_ADMINS = 5, 2  # of one's own tokens and agents each; Home stays within 40 blocks


@dataclass(frozen=True)
class Own:
    """What stands in anybody's Home, at simulated time `now`. While the request waits: `agreed` (UTC) is until when,
    `may_nudge` offers a reminder. `going` is the guide that waits for them, `finished` the one that was walked to its
    end where none does, `account` says which account on Coze is theirs. `agents` are those of all routes, `used_by`
    those that use a token, by its id, `quiet` the hours without reminders,
    `keys` those of their OAuth apps that are watched.
    """

    now: datetime
    name: str
    request: Request | None = None
    credentials: Sequence[Credential] = ()
    publications: Sequence[Publication] = ()
    agents: Sequence[AgentFacts] = ()
    used_by: Mapping[int, Collection[str]] = field(default_factory=dict)
    may_nudge: bool = False
    agreed: datetime | None = None
    going: Going | None = None
    finished: CurrentStep | None = None
    account: Block | None = None
    quiet: Quiet | None = USUAL
    keys: Sequence[Credential] = ()

    @property
    def is_idle(self) -> bool:
        """Whether they have nothing to look at: no token, no agent, no guide, no request that is on its way."""
        request = self.request
        settled = request is None or (request.state is join.JoinState.JOINED and not request.wants_proof)
        return settled and not (tokens.watched(self.credentials) or self.agents or self.going or self.finished)

    @property
    def is_new(self) -> bool:
        """Whether they have begun nothing yet."""
        return not (
            self.request or self.credentials or self.publications or self.agents or self.going or self.finished
        )


def _in_one_line(locale: Locale, own: Own) -> list[Block]:
    """An admin who has nothing here of their own."""
    joined = own.request is not None and own.request.state is join.JoinState.JOINED
    text = (
        locale._("You: member of the team, no tokens to replace") if joined else locale._("You: no tokens to replace")
    )
    offers = (
        button(locale._("Connect an agent"), "guide.start"),
        button(locale._("Track an expiry date…"), "credential.record"),
    )
    blocks: list[Block] = [context(locale, line(text)), actions(*offers)]
    return [*blocks, own.account] if own.account else blocks


def member(locale: Locale, own: Own, routes: Sequence[Block] = ()) -> dict[str, Any]:
    """A member's Home; with the `routes` on top while they have begun nothing."""
    return home([_hello(locale, own.name), *_own(locale, own, routes), *_foot(locale, own)])


def admin(
    locale: Locale,
    own: Own,
    board: Board,
    trouble: Trouble,
    overdue: Collection[int] = (),
    off: timedelta | None = None,
    notices: Sequence[Block] = (),
    reviews: Sequence[Block] = (),
) -> dict[str, Any]:
    """An admin's Home: what waits, which tokens end within 14 days, whether all works, then their own.

    `overdue` holds the ids of requests past the agreed time; `off`: by how much this machine's clock is ahead of
    Slack's, where that is too much; `notices` say what the bot itself needs, `reviews` which versions wait
    for a verdict.
    """
    waiting = [*board.waiting, *board.unfinished]
    blocks = [
        _hello(locale, own.name),
        *_todo(locale, own.now, waiting, board.total, overdue),
        *reviews,
        *_ending(locale, own.now, board.ending),
        *_health(locale, trouble, [_clock(off, locale)] if off else []),
        *notices,
        actions(command("settings", locale)),
        DividerBlock(),
        *(_in_one_line(locale, own) if own.is_idle else _own(locale, own, first=not waiting, most=OWN_OF_ADMINS)),
        *_foot(locale, own),
    ]
    return home(blocks)


def outsider(locale: Locale, person_name: str) -> dict[str, Any]:
    """The Home of guests and strangers, who have no part in it."""
    text = line(locale._("Only full members of this Slack workspace can use this."))
    return home([_hello(locale, person_name), paragraph(locale, text)])


def _hello(locale: Locale, person_name: str) -> Block:
    return context(locale, line(locale._("Hello {name}"), name=name(person_name)))


def _own(
    locale: Locale, own: Own, routes: Sequence[Block] = (), *, first: bool = True, most: int = OWN
) -> list[Block]:
    """The next step, the tokens, the agents and the request of whoever looks; `first` if nothing else is urgent."""
    watched = tokens.watched(own.credentials)
    next_ = next_step(own.request, watched, shown(own.publications), locale, own.now, own.going, own.finished)
    if next_.button and not first:
        next_.button.style = None
    blocks: list[Block] = [
        *(routes if routes and own.is_new else _next(next_, own, locale)),
        DividerBlock(),
        *token_rows.at_home(watched, locale, own.now, most, own.used_by),
        *oauth_key.rows(own.keys[:KEYS], locale),
    ]
    if own.agents:
        blocks += [DividerBlock(), *agent_rows.at_home(own.agents, locale, most)]
    blocks += [DividerBlock(), header(locale._("Team")), *_request(own, locale)]
    return [*blocks, own.account] if own.account else blocks


def _next(next_: Next, own: Own, locale: Locale) -> list[Block]:
    if next_.token and next_.button:
        return [*_replace(next_.token, next_.button, own.now, locale), *_then(own.going, locale)]
    head = headed(next_.act, next_.called)
    if next_.why and next_.button:
        return [head, section(locale, next_.button, _sentence(next_.why))]
    why = [paragraph(locale, _sentence(next_.why))] if next_.why else []
    return [head, *why, *([actions(next_.button)] if next_.button else [])]


def _replace(token: Credential, renew: ButtonElement, now: datetime, locale: Locale) -> list[Block]:
    """What is to be replaced stands at the top, with what happens else and both ways on."""
    if token.ends_at <= now:
        cost = locale._("Agents that use it may have stopped answering; they come back once you replace it.")
    else:
        cost = locale._("It expires {ends}. After that, agents that use it stop answering.")
    done = button(locale._("I replaced it…"), "credential.record", token.id)
    text = paragraph(locale, line(cost, ends=Moment(token.ends_at)))
    return [headed(heading(token, locale, now), token.name), text, actions(renew, done)]


def _then(going: Going | None, locale: Locale) -> list[Block]:
    """The guide that waits meanwhile."""
    if going is None:
        return []
    go_on = button(locale._("Continue"), "guide.resume", going.guide_id, aloud=going.place)
    return [
        section(
            locale, go_on, line(locale._("**Then: {place}**"), place=going.place), line("{route}", route=going.route)
        )
    ]


def _request(own: Own, locale: Locale) -> list[Block]:
    request, agreed, what = own.request, own.agreed, line(locale._("Join ShargeAI"))
    if request and request.state is join.JoinState.JOINED:
        what = line(locale._("In the ShargeAI team"))
    if request is None:
        return [section(locale, command("join", locale), what, line(locale._("Not asked yet")))]
    state = _sentence(request_state(request, locale))
    if request.state is join.JoinState.JOINED and request.wants_proof and not request.by_hand:
        return [section(locale, prove(locale, primary=False), what, state, line(short(request, locale)))]
    if request.state is join.JoinState.JOINED:
        return [paragraph(locale, what, state)]
    if request.state not in join.OPEN:
        return [section(locale, button(locale._("Request to join again…"), "join.again", request.id), what, state)]
    until = [line(locale._("You should hear back by {agreed}"), agreed=Moment(agreed))] if agreed else []
    if request.state is not join.JoinState.PENDING or (agreed and own.now > agreed):
        until = []
    show = (
        button(locale._("Nudge the admins"), "join.nudge", request.id)
        if own.may_nudge
        else button(locale._("See request"), "join.mine", request.id)
    )
    return [section(locale, show, what, state, *until)]


def _todo(
    locale: Locale,
    now: datetime,
    waiting: Sequence[Request],
    total: int,
    overdue: Collection[int],
) -> list[Block]:
    """What waits for admins, the first rows of it."""
    if not waiting:
        return [
            header(locale._("Waiting for you")),
            paragraph(locale, line(locale._("Nobody is waiting ✅"))),
            DividerBlock(),
        ]
    listed = waiting[:WAITING]
    rows = [
        row(each, locale, now, overdue=each.id in overdue, primary=not index) for index, each in enumerate(listed)
    ]
    count = max(total, len(waiting))
    blocks: list[Block] = [header(locale._("Waiting for you · {count}", count=locale.number(count))), *rows]
    blocks.append(actions(command("queue", locale)))
    if more := _more(count - len(listed), locale):
        blocks.append(context(locale, *more))
    return [*blocks, DividerBlock()]


def _ending(locale: Locale, now: datetime, ending: Sequence[Credential]) -> list[Block]:
    """The tokens that end soon, week by week: Slack draws no table on Home."""
    if not ending:
        return []
    title = locale._("Tokens expiring in 14 days · {count}", count=len(ending))
    weeks: dict[int, list[Credential]] = {}
    for each in ending[:ROWS]:
        weeks.setdefault(weeks_on(each.ends_at, now, locale.tz), []).append(each)
    rows = [text_section(locale, _week(week, found, locale)) for week, found in sorted(weeks.items())]
    promise = line(locale._("I'll remind the owners, and tell your channel of whom I don't reach"))
    note = context(locale, promise, *_more(len(ending) - ROWS, locale))
    return [header(title), rich_text(*rows), note, DividerBlock()]


def _week(week: int, ending: Sequence[Credential], locale: Locale) -> Line:
    """One week's tokens: how many, which, whose, and the day."""
    when = (locale._("This week"), locale._("Next week"), locale._("The week after"))[min(week, 2)]
    items, pieces = [], dict[str, Piece]()
    for n, each in enumerate(ending):
        marks = {key: f"{{{key}{n}}}" for key in ("name", "who", "ends")}
        items.append(locale._("“{name}” ({who}, {ends})", **marks))
        pieces |= {f"name{n}": name(each.name), f"who{n}": Mention(each.user_id)}
        pieces[f"ends{n}"] = Moment(each.ends_at, day=True)
    told = {"week": when, "bar": "●" * len(ending), "count": len(ending), "tokens": locale.listed(items)}
    return Line(locale._("{week}  {bar}  {count}: {tokens}", **told), pieces)


def _health(locale: Locale, trouble: Trouble, also: Sequence[Line]) -> list[Block]:
    notes = [*doubted(trouble.unproven, locale), *piled(trouble.refused, locale), *also]
    if trouble.failed:
        notes.insert(0, line(failed(trouble.failed, locale)))
    if trouble.held:
        notes.insert(0, line(away(trouble.held, locale)))
    elif not trouble.failed:
        notes.insert(0, line(locale._("✅ Nothing has failed")))
    return [header(locale._("Service health")), section(locale, command("admin", locale), *notes)]


def _clock(off: timedelta, locale: Locale) -> Line:
    text = (
        locale._("⚠️ The bot's clock is {time} ahead of Slack's: please set it")
        if off > timedelta()
        else locale._("⚠️ The bot's clock is {time} behind Slack's: please set it")
    )
    return line(text, time=duration(int(abs(off).total_seconds()), locale))


def _foot(locale: Locale, own: Own) -> list[Block]:
    return [
        DividerBlock(),
        actions(
            button(locale._("Settings…"), "people.settings"),
            *languages(locale, "people.language"),
            button(locale._("Delete my data…"), "people.delete"),
        ),
        context(
            locale,
            line(told(own.quiet, own.now, locale)),
            line(locale._("Type `/sharge help` for all commands")),
        ),
    ]


def _more(count: int, locale: Locale) -> list[Line]:
    return [line(locale._("{count} more", count=locale.number(count)))] if count > 0 else []


def _sentence(text: Line) -> Line:
    """The line with a capital at its beginning."""
    return Line(text.template[:1].upper() + text.template[1:], text.pieces)
