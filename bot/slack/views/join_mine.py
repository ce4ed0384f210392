"""A join request as the person sees it who asked: their live card, and the short notices that ring."""

from typing import Literal

from slack_sdk.models.blocks import Block

from bot.core.join import Request, State
from bot.core.people import Evidence
from bot.texts import Reader, error_help

from .buttons import COZE, command
from .parts import (
    Card,
    Line,
    Mention,
    Moment,
    actions,
    body,
    button,
    confirm,
    header,
    helped,
    line,
    link,
    paragraph,
    quote,
    said,
    small,
)

Slot = Literal["decided", "joined"]


def mine(request: Request, reader: Reader, workspace_url: str | None = None) -> Card:
    """The request in its present state. `workspace_url` is the Coze page of the team's space."""
    match request.state:
        case State.PENDING:
            return _waiting(request, reader)
        case State.APPROVED:
            return _failed(request, reader) if request.error else _approved(request, reader)
        case State.INVITED:
            return _invited(request, reader)
        case State.JOINED:
            return _joined(request, reader, workspace_url)
        case State.DECLINED:
            return _declined(request, reader)
        case State.WITHDRAWN:
            return _withdrawn(request, reader)


def notice(request: Request, reader: Reader, slot: Slot = "decided") -> Card:
    """What rings: the decision (or that its invitation failed), having joined. Later one line stays of it."""
    match slot, request.state:
        case "decided", State.DECLINED:
            return _declined(request, reader)
        case "decided", State.INVITED:
            return _please_accept(request, reader)
        case "decided", State.APPROVED if request.error:
            return _failed(request, reader)
        case "joined", _:
            return _welcome(request, reader)
        case _:
            return _decision_line(request, reader)


def _waiting(request: Request, reader: Reader) -> Card:
    steps = [
        _sent(request, reader),
        line(reader.t("⏳ **Admin decides · waiting**")),
        line(reader.t("◽ Coze invitation · later")),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    meanwhile = reader.t("Usually answered within one working day. Got a token already? I remind you before it ends.")
    withdraw = confirm(
        reader.t("Withdraw the request?"),
        reader.t("Withdraw your request to join ShargeAI? You can ask again later."),
        reader.t("Withdraw request"),
        reader.t("Keep it"),
    )
    blocks = [
        header(reader.t("Join request · waiting for an admin")),
        said(reader, *steps),
        said(reader, line(meanwhile)),
        actions(
            button(reader.t("Record token expiry…"), "credential.record"),
            button(reader.t("Withdraw request"), "join.withdraw", request.id, confirm=withdraw),
        ),
        small(reader, line(reader.t("I tell you here as soon as it is decided")), _number(request, reader)),
    ]
    return Card(reader.t("Join request sent, waiting for an admin"), blocks)


def _approved(request: Request, reader: Reader) -> Card:
    waiting = (
        reader.t("⏳ **Coze invitation · an admin sends it by hand**")
        if request.by_hand
        else reader.t("⏳ **Coze invitation · being sent**")
    )
    steps = [
        _sent(request, reader),
        _decided(request, reader),
        line(waiting),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    blocks = [
        header(reader.t("Join request · approved 🎉")),
        said(reader, *steps),
        small(reader, line(reader.t("Nothing to do for you yet")), _number(request, reader)),
    ]
    return Card(reader.t("Approved! The Coze invitation is on its way"), blocks)


def _failed(request: Request, reader: Reader) -> Card:
    if request.error == "E13":
        return _wrong_id(request, reader)
    steps = [
        _sent(request, reader),
        _decided(request, reader),
        line(reader.t("⏳ **Coze invitation · delayed**")),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    blocks = [
        header(reader.t("Join request · approved, invitation late")),
        said(reader, *steps),
        said(reader, line(reader.t("Coze did not take it yet. The admins see that; nothing to do for you."))),
        small(reader, _number(request, reader)),
    ]
    return Card(reader.t("Approved, but the Coze invitation is late; nothing to do for you"), blocks)


def _wrong_id(request: Request, reader: Reader) -> Card:
    help = error_help("E13", reader)
    blocks = [
        header(reader.t("Join request · please correct the ID")),
        said(
            reader,
            _decided(request, reader),
            line(reader.t("❌ **Fix** Coze could not invite the user ID {uid}"), uid=request.coze_uid),
            helped(help.why, help),
            helped(help.do[0], help),
        ),
        actions(button(help.button, "join.fix", request.id, primary=True), link(reader.t("Open Coze"), "coze", COZE)),
        small(reader, line(reader.t("Your approval stays valid")), _number(request, reader)),
    ]
    return Card(reader.t("Approved, but Coze could not invite this user ID. Please correct it"), blocks)


def _invited(request: Request, reader: Reader) -> Card:
    steps = [
        _sent(request, reader),
        _decided(request, reader),
        line(reader.t("⏳ **Coze invitation · waiting for you**")),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    blocks = [
        header(reader.t("Join request · please accept 🎉")),
        said(reader, *steps),
        said(reader, _accept(reader)),
        _accept_row(request, reader),
        small(reader, line(_how_noticed(request, reader))),
    ]
    return Card(reader.t("Approved! Please accept the ShargeAI invitation in Coze"), blocks)


def _please_accept(request: Request, reader: Reader) -> Card:
    text = reader.t("🎉 Approved by {by}. One more step on your side:")
    blocks = [
        said(reader, line(text, by=_admin(request, reader)), _accept(reader)),
        _accept_row(request, reader),
    ]
    return Card(reader.t("Approved! Please accept the ShargeAI invitation in Coze"), blocks)


def _accept(reader: Reader) -> Line:
    return line(reader.t("Accept the **ShargeAI** invitation in Coze under **[notifications]** (Notifications)."))


def _accept_row(request: Request, reader: Reader) -> Block:
    return actions(
        link(reader.t("Open Coze"), "coze", COZE, primary=True),
        button(reader.t("I accepted it"), "join.accepted", request.id),
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
    blocks = [said(reader, line(_joined_fact(request, reader))), actions(*row), small(reader, *times)]
    return Card(reader.t("You have joined ShargeAI and can build your agent now"), blocks)


def _welcome(request: Request, reader: Reader) -> Card:
    if request.state is not State.JOINED:
        return _decision_line(request, reader)
    fact = line(_joined_fact(request, reader))
    next_ = line(reader.t("Build your agent inside the **ShargeAI** space, not in your personal one."))
    return Card(reader.t("You have joined ShargeAI and can build your agent now"), [said(reader, fact, next_)])


def _joined_fact(request: Request, reader: Reader) -> str:
    if request.joined_evidence is Evidence.VERIFIED:
        return reader.t("✅ You have joined ShargeAI · verified")
    return reader.t("✅ You have joined ShargeAI · you confirmed")


def _declined(request: Request, reader: Reader) -> Card:
    kept = paragraph(reader, line(reader.t("Add what is missing and send it again.")))
    words = (
        [paragraph(reader, line(reader.t("{by} wrote:"), by=_admin(request, reader))), quote(request.reason), kept]
        if request.reason
        else [kept]
    )
    blocks = [
        header(reader.t("Join request · not approved this time")),
        body(*words),
        actions(button(reader.t("Add details, ask again…"), "command.join", primary=True)),
        small(reader, line(reader.t("Decided {at}"), at=_when_decided(request)), _number(request, reader)),
    ]
    return Card(reader.t("Not approved this time; you can add details and ask again"), blocks)


def _withdrawn(request: Request, reader: Reader) -> Card:
    blocks = [
        said(reader, line(reader.t("↩️ You withdrew the join request"))),
        small(reader, line(reader.t("Ask again any time with `/sharge join`")), _number(request, reader)),
    ]
    return Card(reader.t("You withdrew the join request"), blocks)


def _decision_line(request: Request, reader: Reader) -> Card:
    if request.decided_at is None:
        return _plain(reader.t("The join request has moved on"), reader)
    text = (
        reader.t("✖️ Not approved · {at}")
        if request.state is State.DECLINED
        else reader.t("✅ Join request approved · {at}")
    )
    told = reader.t("The join request has been decided")
    return Card(told, [said(reader, line(text, at=_when_decided(request)))])


def _plain(text: str, reader: Reader) -> Card:
    return Card(text, [said(reader, line(text))])


def _sent(request: Request, reader: Reader) -> Line:
    return line(reader.t("✅ Sent · {at}"), at=Moment(request.created_at))


def _decided(request: Request, reader: Reader) -> Line:
    return line(reader.t("✅ Approved · {at}"), at=_when_decided(request))


def _when_decided(request: Request) -> Moment:
    return Moment(request.decided_at or request.created_at)


def _admin(request: Request, reader: Reader) -> Mention | str:
    return Mention(request.decided_by) if request.decided_by else reader.t("An admin")


def _number(request: Request, reader: Reader) -> Line:
    return line(reader.t("request {id}"), id=request.id)
