"""An invitation that waits for the person to accept it on Coze: their live card, and what is said of a look."""

from slack_sdk.models.blocks import Block

from bot.core.join import Request
from bot.texts.locale import Locale

from ..buttons import HOME
from ..parts import Card, Line, Moment, actions, button, context, header, line, link, menu, paragraph
from .act import act
from .approving import noted
from .grade import account_line, short


def looked(request: Request, locale: Locale) -> list[Line]:
    """When the member list was last looked at, and what a look costs."""
    last = (
        [line(locale._("last looked {at}: not listed yet"), at=Moment(request.checked_at))]
        if request.checked_at
        else []
    )
    return [*last, line(locale._("“Check now” costs 1 call to Coze for every 50 members"))]


def check_now(locale: Locale) -> str:
    """The button's label."""
    return locale._("Check now")


def invited(request: Request, locale: Locale, *, rarely: bool = False, late: bool = False) -> Card:
    """The live card while the invitation waits for them; `late`, once they are reminded of it."""
    text = locale._("Approved! Please accept the ShargeAI invitation in Coze")
    reminder: list[Line] = []
    if late:
        text = locale._("Please accept the ShargeAI invitation in Coze, it is still open")
        since = Moment(request.invited_at or request.created_at)
        still = locale._("⏳ Your **ShargeAI** invitation is still open, since {at}. One step is left:")
        reminder = [line(still, at=since)]
    blocks = [
        header(act(request, locale)),
        paragraph(locale, line(locale._("✅ Sent → ✅ approved 🎉 → ⏳ **waiting for you** → member"))),
        *noted(request, locale),
        paragraph(locale, *reminder, _accept(locale)),
        _accept_row(request, locale),
        context(
            locale,
            line(locale._("Approved {at}"), at=Moment(request.decided_at or request.created_at)),
            line(_how_noticed(request, locale, rarely=rarely)),
            *(looked(request, locale) if request.watch_until else []),
            account_line(request, locale),
            line(short(request, locale)),
        ),
    ]
    return Card(text, blocks)


def not_yet(request_id: int, locale: Locale, *, rarely: bool = False) -> Card:
    """They say they accepted, but Coze does not list them: it may have been another account."""
    text = locale._("Coze doesn't list you as a member yet. Did you accept it with the account you gave me?")
    watch = line(
        locale._("In a minute you can press “Check now” again")
        if rarely
        else locale._("I keep looking every few minutes and check it off myself")
    )
    other = button(locale._("Correct user ID…"), "join.fix", request_id)
    row = actions(link(locale._("Open Coze"), "coze", HOME, primary=True), other)
    return Card(text, [paragraph(locale, line(text)), row, context(locale, watch)])


def just_now(locale: Locale) -> Card:
    """It was looked at within the last minute."""
    text = locale._("I looked less than a minute ago. In a minute I look again by myself.")
    return Card(text, [paragraph(locale, line(text))])


def _accept(locale: Locale) -> Line:
    return line(locale._("Accept the **ShargeAI** invitation in Coze under **[notifications]** (Notifications)."))


def _accept_row(request: Request, locale: Locale) -> Block:
    stuck = locale._("I'm stuck")
    row = [
        link(locale._("Open Coze"), "coze", HOME, primary=True),
        button(locale._("I accepted it"), "join.accepted", request.id),
    ]
    if not request.watch_until:
        return actions(*row, button(stuck, "join.stuck", request.id))
    look = button(check_now(locale), "join.check", request.id)
    return actions(*row, look, menu("join.stuck", (stuck, f"stuck:{request.id}")))


def _how_noticed(request: Request, locale: Locale, *, rarely: bool) -> str:
    if request.watch_until and rarely:
        return locale._(
            "I look at the member list after 10 minutes, 2 hours, 1 and 2 days, and check this off myself"
        )
    if request.watch_until:
        return locale._("I'll look at the member list every few minutes and check this off myself")
    return locale._("I can't see the member list: press “I accepted it” when you have")
