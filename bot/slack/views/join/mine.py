"""A join request as the person sees it who asked: their live card, and the short notices that ring."""

from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement, RichTextBlock

from bot.core.join import Request, State
from bot.core.people import Evidence
from bot.texts import Reader

from ..buttons import COZE, command
from ..parts import (
    Card,
    Line,
    Mention,
    Moment,
    actions,
    button,
    confirm,
    context,
    fallback_text,
    header,
    line,
    link,
    paragraph,
    quote,
    rich_text,
    text_section,
)
from .late import failed
from .shared import approved, number, sent, waited

ASKED = "%y%m%d%H%M%S"
"""How the slot of a question's notice names the moment it was asked, after its q."""


def mine(
    request: Request,
    reader: Reader,
    workspace_url: str | None = None,
    *,
    may_nudge: bool = False,
    agreed: datetime | None = None,
) -> Card:
    """The request in its present state. `workspace_url` is the Coze page of the team's space.

    While it waits: an answer may be expected until `agreed` (UTC); `may_nudge` offers to remind the admins.
    """
    match request.state:
        case State.PENDING:
            return _waiting(request, reader, may_nudge, agreed)
        case State.INFO_REQUESTED:
            return _asked(request, reader)
        case State.APPROVED:
            return failed(request, reader) if request.error else _being_invited(request, reader)
        case State.INVITED:
            return _invited(request, reader)
        case State.JOINED:
            return _joined(request, reader, workspace_url)
        case State.DECLINED:
            return _declined(request, reader)
        case State.WITHDRAWN:
            return _withdrawn(request, reader)
        case State.EXPIRED | State.CLOSED | State.REMOVED:
            return _over(request, reader)


def notice(request: Request, reader: Reader, kind: str = "decided") -> Card:
    """What rings; later one line stays of it.

    Slots: `decided` (or that the invitation failed, or that nobody decided), `joined`, `accept` (not accepted yet),
    `removed`, and `q` with the moment for each question.
    """
    match kind, request.state:
        case "decided", State.DECLINED:
            return _declined(request, reader)
        case "decided", State.INVITED:
            return _please_accept(request, reader)
        case "decided", State.APPROVED if request.error:
            return failed(request, reader)
        case ("decided", State.EXPIRED) | ("removed", State.REMOVED):
            return _over(request, reader)
        case "accept", State.INVITED:
            return _still_open(request, reader)
        case "joined", State.JOINED:
            return _welcome(request, reader)
        case _ if kind.startswith("q"):
            return _question(request, reader, kind)
        case _:
            return _decision_line(request, reader)


def _waiting(request: Request, reader: Reader, may_nudge: bool, agreed: datetime | None) -> Card:
    steps = [
        sent(request, reader),
        *([line(reader.t("✅ Question answered"))] if request.answer else []),
        line(reader.t("⏳ **Admin decides · waiting**")),
        line(reader.t("◽ Coze invitation · later")),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    meanwhile = (
        reader.t("This takes longer than agreed, sorry. You may remind the admins, once a day.")
        if may_nudge
        else reader.t("Usually answered within one working day. Meanwhile, try with a PAT.")
    )
    first = (
        button(reader.t("Nudge the admins"), "join.nudge", request.id, primary=True)
        if may_nudge
        else _try_meanwhile(reader, primary=True)
    )
    edit = button(reader.t("Edit request…"), "join.edit", request.id)
    blocks = [
        header(reader.t("Join request · waiting for an admin")),
        paragraph(reader, *steps),
        paragraph(reader, line(meanwhile)),
        actions(first, edit, _withdraw(request, reader)),
        context(reader, _later(request, reader, may_nudge, agreed), number(request, reader)),
    ]
    return Card(reader.t("Join request sent, waiting for an admin"), blocks)


def _try_meanwhile(reader: Reader, primary: bool = False) -> ButtonElement:
    """The way that needs no admin."""
    return button(reader.t("Try with a PAT"), "guide.try", primary=primary)


def _later(request: Request, reader: Reader, may_nudge: bool, agreed: datetime | None) -> Line:
    """What happens next by itself."""
    if request.nudged_at and not may_nudge:
        return line(reader.t("The admins were reminded {at}"), at=Moment(request.nudged_at))
    if agreed and not may_nudge:
        return line(reader.t("No answer by {agreed}? Then a “Nudge” button appears here"), agreed=Moment(agreed))
    return line(reader.t("I tell you here as soon as it is decided"))


def _withdraw(request: Request, reader: Reader) -> ButtonElement:
    sure = confirm(
        reader.t("Withdraw the request?"),
        reader.t("Withdraw your request to join ShargeAI? You can ask again later."),
        reader.t("Withdraw request"),
        reader.t("Keep it"),
    )
    return button(reader.t("Withdraw request"), "join.withdraw", request.id, confirm=sure)


def _asked(request: Request, reader: Reader) -> Card:
    asked = Moment(request.asked_at or request.created_at)
    blocks = [
        header(reader.t("Join request · waiting for your answer")),
        _asking(request, reader),
        actions(_answer(request, reader), _withdraw(request, reader)),
        context(
            reader,
            line(reader.t("Question asked {at}"), at=asked),
            line(reader.t("review goes on after your answer, no new request needed")),
        ),
    ]
    return Card(reader.t("An admin has a question about your request"), blocks)


def _question(request: Request, reader: Reader, kind: str) -> Card:
    """Rings while this question is the open one."""
    latest = f"q{request.asked_at:{ASKED}}" if request.asked_at else kind
    if request.state is not State.INFO_REQUESTED or kind < latest:
        return _plain(reader.t("💬 An admin asked a question about your request · done"), reader)
    blocks = [_asking(request, reader), actions(_answer(request, reader))]
    return Card(reader.t("An admin has a question about your request"), blocks)


def _asking(request: Request, reader: Reader) -> RichTextBlock:
    by = Mention(request.asked_by) if request.asked_by else reader.t("An admin")
    intro = line(reader.t("{by} would like to know:"), by=by)
    return rich_text(text_section(reader, intro), quote(request.question or ""))


def _answer(request: Request, reader: Reader) -> ButtonElement:
    return button(reader.t("Answer the question…"), "join.answer", request.id, primary=True)


def _being_invited(request: Request, reader: Reader) -> Card:
    waiting = (
        reader.t("⏳ **Coze invitation · an admin sends it by hand**")
        if request.by_hand
        else reader.t("⏳ **Coze invitation · being sent**")
    )
    steps = [
        sent(request, reader),
        approved(request, reader),
        line(waiting),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    blocks = [
        header(reader.t("Join request · approved 🎉")),
        paragraph(reader, *steps),
        context(reader, line(reader.t("Nothing to do for you yet")), number(request, reader)),
    ]
    return Card(reader.t("Approved! The Coze invitation is on its way"), blocks)


def _invited(request: Request, reader: Reader) -> Card:
    steps = [
        sent(request, reader),
        approved(request, reader),
        line(reader.t("⏳ **Coze invitation · waiting for you**")),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    blocks = [
        header(reader.t("Join request · please accept 🎉")),
        paragraph(reader, *steps),
        paragraph(reader, _accept(reader)),
        _accept_row(request, reader),
        context(reader, line(_how_noticed(request, reader))),
    ]
    return Card(reader.t("Approved! Please accept the ShargeAI invitation in Coze"), blocks)


def _please_accept(request: Request, reader: Reader) -> Card:
    text = reader.t("🎉 Approved by {by}. One more step on your side:")
    blocks = [
        paragraph(reader, line(text, by=_admin(request, reader)), _accept(reader)),
        _accept_row(request, reader),
    ]
    return Card(reader.t("Approved! Please accept the ShargeAI invitation in Coze"), blocks)


def _still_open(request: Request, reader: Reader) -> Card:
    since = Moment(request.invited_at or request.created_at)
    blocks = [
        paragraph(
            reader,
            line(reader.t("⏳ Your **ShargeAI** invitation is still open, since {at}. One step is left:"), at=since),
            _accept(reader),
        ),
        _accept_row(request, reader),
        context(reader, line(reader.t("I will not remind you of this again")), number(request, reader)),
    ]
    return Card(reader.t("Please accept the ShargeAI invitation in Coze, it is still open"), blocks)


def not_yet(reader: Reader) -> Card:
    """They say they accepted, but Coze does not list them."""
    text = reader.t("Coze does not list you as a member yet. Did you accept it with the account you gave me?")
    watch = line(reader.t("I keep looking every few minutes and tick it by myself"))
    open_ = actions(link(reader.t("Open Coze"), "coze", COZE, primary=True))
    return Card(text, [paragraph(reader, line(text)), open_, context(reader, watch)])


def _accept(reader: Reader) -> Line:
    return line(reader.t("Accept the **ShargeAI** invitation in Coze under **[notifications]** (Notifications)."))


def _accept_row(request: Request, reader: Reader) -> Block:
    return actions(
        link(reader.t("Open Coze"), "coze", COZE, primary=True),
        button(reader.t("I accepted it"), "join.accepted", request.id),
        button(reader.t("I'm stuck"), "join.stuck", request.id),
    )


def _how_noticed(request: Request, reader: Reader) -> str:
    if request.watch_until:
        return reader.t("I look at the member list every few minutes and tick this by myself.")
    return reader.t("I cannot see the member list: press “I accepted it” when you have.")


def _joined(request: Request, reader: Reader, workspace_url: str | None) -> Card:
    row = [command("publish", reader)]
    if workspace_url:
        row.insert(0, link(reader.t("Build inside ShargeAI"), "space", workspace_url, primary=True))
    times = [line(reader.t("Asked {at}"), at=Moment(request.created_at, day=True))]
    if request.decided_at:
        times.append(line(reader.t("approved {at}"), at=Moment(request.decided_at, day=True)))
    if request.joined_at:
        times.append(line(reader.t("joined {at}"), at=Moment(request.joined_at)))
    blocks = [paragraph(reader, line(_joined_fact(request, reader))), actions(*row), context(reader, *times)]
    return Card(reader.t("You have joined ShargeAI and can build your agent now"), blocks)


def _welcome(request: Request, reader: Reader) -> Card:
    fact = line(_joined_fact(request, reader))
    next_ = line(reader.t("Build your agent inside the **ShargeAI** space, not in your personal one."))
    return Card(reader.t("You have joined ShargeAI and can build your agent now"), [paragraph(reader, fact, next_)])


def _joined_fact(request: Request, reader: Reader) -> str:
    if request.joined_evidence is Evidence.VERIFIED:
        return reader.t("✅ You have joined ShargeAI · verified")
    return reader.t("✅ You have joined ShargeAI · you confirmed")


def _declined(request: Request, reader: Reader) -> Card:
    kept = text_section(reader, line(reader.t("I kept what you wrote: add a few words and send it again.")))
    words = (
        [text_section(reader, line(reader.t("{by} wrote:"), by=_admin(request, reader))), quote(request.reason), kept]
        if request.reason
        else [kept]
    )
    again = button(reader.t("Add details, ask again…"), "join.again", request.id, primary=True)
    blocks = [
        header(reader.t("Join request · not approved this time")),
        rich_text(*words),
        actions(again, _try_meanwhile(reader)),
        context(reader, line(reader.t("Decided {at}"), at=_when_decided(request)), number(request, reader)),
    ]
    return Card(reader.t("Not approved this time; you can add details and ask again"), blocks)


def _withdrawn(request: Request, reader: Reader) -> Card:
    blocks = [
        paragraph(reader, line(reader.t("↩️ You withdrew the join request"))),
        context(reader, line(reader.t("Ask again any time with `/sharge join`")), number(request, reader)),
    ]
    return Card(reader.t("You withdrew the join request"), blocks)


def _over(request: Request, reader: Reader) -> Card:
    """It has ended and can be begun again."""
    again = button(reader.t("Ask to join again…"), "join.again", request.id)
    at = Moment(request.ended_at or request.created_at)
    match request.state:
        case State.EXPIRED:
            text = reader.t("The join request was closed: nobody decided in time")
            words = _sorry(request, reader)
            again = button(reader.t("Ask to join again…"), "join.again", request.id, primary=True)
        case State.REMOVED:
            text = reader.t("You are not in the ShargeAI team any more")
            words = [line(reader.t("➖ An admin removed you from the ShargeAI team"))]
        case _:
            text = reader.t("The join request was closed")
            words = [line(reader.t("🚪 The join request was closed: your Slack account was switched off"))]
    ended = line(reader.t("closed {at}"), at=at)
    blocks = [paragraph(reader, *words), actions(again), context(reader, ended, number(request, reader))]
    return Card(text, blocks)


def _sorry(request: Request, reader: Reader) -> list[Line]:
    time = waited(request.created_at, request.ended_at or request.created_at, reader)
    return [
        line(reader.t("⌛ Your join request was closed: no decision within {time}"), time=time),
        line(reader.t("Sorry, that is not about you. I kept what you wrote: send it again with one press.")),
    ]


def _decision_line(request: Request, reader: Reader) -> Card:
    if request.decided_at is None:
        return _plain(reader.t("The join request has moved on"), reader)
    text = (
        reader.t("✖️ Not approved · {at}")
        if request.state is State.DECLINED
        else reader.t("✅ Join request approved · {at}")
    )
    decision = line(text, at=_when_decided(request))
    return Card(fallback_text(reader, decision), [paragraph(reader, decision)])


def _plain(text: str, reader: Reader) -> Card:
    return Card(text, [paragraph(reader, line(text))])


def _when_decided(request: Request) -> Moment:
    return Moment(request.decided_at or request.created_at)


def _admin(request: Request, reader: Reader) -> Mention | str:
    return Mention(request.decided_by) if request.decided_by else reader.t("An admin")
