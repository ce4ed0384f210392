"""The review of seats: the list of who may not need theirs, the form that removes somebody, what others are told."""

from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, InteractiveElement

from bot.core.seat_doubt import HOLDS, DoubtState, SeatDoubt, Why
from bot.services.seat_review import DoubtPage, Settled
from bot.texts.locale import Locale, error_help

from .buttons import command
from .desk import framed, shown_of, turning
from .join.forms import reason_field
from .parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    bullets,
    button,
    confirm,
    context,
    fallback_text,
    header,
    line,
    modal,
    name,
    paragraph,
    quote,
    rich_text,
    section,
    text_section,
)

PAGE = 5
FORM = "seat.remove"


def reading(locale: Locale) -> dict[str, Any]:
    """It is on its way."""
    blocks: list[Block] = [
        paragraph(locale, line(locale._("⏳ I'm reading Coze's list of members and comparing it with what I know…")))
    ]
    return framed(locale._("Who needs their seat"), blocks, locale)


def page(found: DoubtPage, locale: Locale, note: Line | None = None) -> dict[str, Any]:
    """Some of them; `note` says what the last press has done."""
    blocks: list[Block] = [paragraph(locale, note)] if note else []
    blocks.append(_back(locale) if found.kept else _again(found, locale))
    if not found.doubts:
        none = locale._("No seat is kept.") if found.kept else locale._("✅ No seat is in doubt.")
        blocks.append(paragraph(locale, line(none)))
    for number, each in enumerate(found.doubts):
        is_next = not number and each.state is DoubtState.RELEASED
        facts = paragraph(locale, _who(each, locale), _why(each, locale), *_standing(each, locale))
        blocks += [facts, _acts(each, found.now, locale, primary=is_next), DividerBlock()]
    kept = found.counts.get(DoubtState.KEPT, 0)
    if kept and not found.kept:
        text = locale.ngettext("{count} seat is kept", "{count} seats are kept", kept)
        blocks.append(section(locale, button(locale._("See kept seats"), "seat.list:kept", "kept:0"), line(text)))
    shown = [shown_of(found.offset, len(found.doubts), found.total, locale)] if found.total > PAGE else []
    if small := [*shown, *([] if found.kept else _terms(found, locale))]:
        blocks.append(context(locale, *small))
    kind = "kept" if found.kept else "open"
    blocks.append(actions(*turning(locale, "seat.list", found.offset, PAGE, found.total, f"{kind}:{{offset}}")))
    title = locale._("Kept seats") if found.kept else locale._("Who needs their seat")
    return framed(title, blocks, locale, f"{kind}:{found.offset}")


def _back(locale: Locale) -> Block:
    back = button(locale._("Back to the review"), "seat.list:open", "open:0")
    return section(
        locale, back, line(locale._("A seat that is kept isn't in doubt again for {days} days", days=HOLDS.days))
    )


def _again(found: DoubtPage, locale: Locale) -> Block:
    again = button(locale._("Review again"), "seat.review")
    if found.reviewed_at is None:
        return section(locale, again, line(locale._("Nobody has looked yet.")))
    text = (
        locale._("Last looked {at}")
        if found.is_read
        else locale._("Last looked {at}, without Coze's list: no credential")
    )
    return section(locale, again, line(text, at=Moment(found.reviewed_at)))


def _terms(found: DoubtPage, locale: Locale) -> list[Line]:
    if not found.doubts:
        return [line(locale._("In doubt: left Slack, never asked here, or nothing in use for 90 days"))]
    told = line(locale._("A seat that is kept isn't in doubt again for {days} days", days=HOLDS.days))
    return [told, line(locale._("asked or not, nobody is removed without you"))]


def _who(doubt: SeatDoubt, locale: Locale) -> Line:
    if doubt.user_id:
        return line(locale._("**{who}** ({nick})"), who=Mention(doubt.user_id), nick=name(doubt.nick))
    return line(locale._("**“{nick}”** on Coze, ID {uid}"), nick=name(doubt.nick), uid=Code(doubt.coze_uid))


def _why(doubt: SeatDoubt, locale: Locale) -> Line:
    match doubt.why:
        case Why.LEFT:
            return line(locale._("🚪 Left Slack, still a member on Coze"))
        case Why.UNKNOWN:
            return line(locale._("❔ On Coze's list, never asked to join here"))
        case _ if doubt.since:
            text = locale._("💤 Joined {day}; no token, agent or open guide here")
            return line(text, day=Moment(doubt.since, day=True))
    return line(locale._("💤 No token, agent or open guide here"))


def _standing(doubt: SeatDoubt, locale: Locale) -> list[Line]:
    by: Piece = Mention(doubt.decided_by) if doubt.decided_by else locale._("an admin")
    match doubt.state:
        case DoubtState.ASKED if doubt.asked_at:
            text = locale._("⏳ Asked {at} by {by}, no answer yet")
            return [line(text, at=Moment(doubt.asked_at, day=True), by=Mention(doubt.asked_by or ""))]
        case DoubtState.RELEASED if doubt.answered_at:
            text = locale._("👋 **They don't need it any more**, as they said {at}")
            return [line(text, at=Moment(doubt.answered_at, day=True))]
        case DoubtState.LEAVING:
            return [line(locale._("➖ {by} removes them from the team"), by=by)]
        case DoubtState.KEPT:
            return [_kept(doubt, locale)]
    if doubt.error:
        return [line(locale._("❌ **Didn't work** · {what}"), what=error_help(doubt.error, locale).what)]
    return []


def _kept(doubt: SeatDoubt, locale: Locale) -> Line:
    until = Moment(doubt.kept_until or doubt.found_at, day=True)
    if doubt.decided_by is None and doubt.answered_at:
        text = locale._("✅ They need it, as they said {at}; kept until {until}")
        return line(text, at=Moment(doubt.answered_at, day=True), until=until)
    by: Piece = Mention(doubt.decided_by) if doubt.decided_by else locale._("an admin")
    return line(locale._("✅ Kept by {by} until {until}"), by=by, until=until)


def _acts(doubt: SeatDoubt, now: datetime, locale: Locale, *, primary: bool) -> Block:
    """Keep, ask, remove, as far as each can be done."""
    mark, called = f"{doubt.id}:{doubt.version}", name(doubt.nick)
    if doubt.state is DoubtState.KEPT:
        aloud = locale._("Decide anew about {name}", name=called)
        return actions(button(locale._("Decide anew"), "seat.anew", mark, aloud=aloud))
    if doubt.state is DoubtState.LEAVING:
        if doubt.request_id is None:
            return context(locale, line(locale._("⏳ Coze is being asked to remove them")))
        aloud = locale._("Show {name}'s join request", name=called)
        return actions(button(locale._("Show request"), "join.show", doubt.request_id, aloud=aloud))
    row: list[InteractiveElement] = [
        button(locale._("Keep"), "seat.keep", mark, aloud=locale._("Keep {name}'s seat", name=called))
    ]
    if doubt.may_ask(now):
        again = doubt.state is DoubtState.ASKED
        label = locale._("Ask again") if again else locale._("Ask them")
        aloud = locale._("Ask again: {name}", name=called) if again else locale._("Ask them: {name}", name=called)
        row.append(button(label, "seat.ask", mark, aloud=aloud))
    aloud = locale._("Remove {name} from the team…", name=called)
    row.append(button(locale._("Remove…"), "seat.remove", mark, primary=primary, aloud=aloud))
    return actions(*row)


def settled(done: Settled, locale: Locale) -> Line:
    """What a press has done, or why not."""
    doubt, who = done.doubt, _subject(done.doubt)
    if not done.is_done:
        return _overtaken(doubt, who, locale)
    match doubt.state:
        case DoubtState.KEPT:
            until = Moment(doubt.kept_until or doubt.found_at, day=True)
            return line(
                locale._("✅ {who} keeps the seat; it isn't in doubt again until {until}."), who=who, until=until
            )
        case DoubtState.ASKED:
            return line(locale._("✉️ {who} is asked; the answer comes here."), who=who)
        case DoubtState.LEAVING:
            return line(locale._("➖ {who} is being removed from the team."), who=who)
    return line(locale._("🔄 The seat of {who} is to be decided anew."), who=who)


def _overtaken(doubt: SeatDoubt, who: Piece, locale: Locale) -> Line:
    if doubt.state in (DoubtState.KEPT, DoubtState.LEAVING) and doubt.decided_by:
        by = Mention(doubt.decided_by)
        if doubt.state is DoubtState.KEPT:
            return line(locale._("✅ {by} has decided already that {who} keeps the seat."), by=by, who=who)
        return line(locale._("➖ {by} is having {who} removed already."), by=by, who=who)
    if doubt.state is DoubtState.ASKED and doubt.asked_by:
        return line(locale._("⏳ {by} has asked {who} already."), by=Mention(doubt.asked_by), who=who)
    if doubt.why is Why.LEFT:
        return line(locale._("🚪 {who} has left Slack meanwhile; nobody was asked."), who=who)
    return line(locale._("🔄 It has moved on meanwhile; nothing was changed."))


def _subject(doubt: SeatDoubt) -> Piece:
    return Mention(doubt.user_id) if doubt.user_id else name(doubt.nick)


def unread(why: str, locale: Locale) -> Line:
    """Coze's list could not be read."""
    return line(locale._("⚠️ Coze's list couldn't be read: {why} I compared what I know without it."), why=why)


def stranger_form(doubt: SeatDoubt, locale: Locale, *, by_hand: bool) -> dict[str, Any]:
    """What removing an account without a request does, and why it is done."""
    called = line(locale._("**Coze account “{nick}”** {uid}"), nick=name(doubt.nick), uid=Code(doubt.coze_uid))
    facts = [
        line(locale._("They lose access to the **ShargeAI** space at once.")),
        line(locale._("What they own there passes to the space's owner. Nothing is deleted.")),
        line(locale._("They may request to join here at any time, or be invited again on Coze.")),
    ]
    title, no = locale._("Remove from the team"), locale._("Cancel")
    what = rich_text(text_section(locale, line(locale._("**What will happen**"))), bullets(locale, *facts))
    blocks: list[Block] = [paragraph(locale, called, _why(doubt, locale)), what]
    if by_hand:
        text = locale._("No team credential is set up: please remove them under **[members]** (Members) on Coze.")
        return modal(title, no, [*blocks, paragraph(locale, line(text))], FORM)
    if not doubt.user_id:
        blocks.append(paragraph(locale, line(locale._("Nobody in Slack is known to own it, so nobody is told."))))
    blocks.append(reason_field(locale, locale._("why, and what would have to change")))
    return modal(title, no, blocks, FORM, locale._("Remove"), f"{doubt.id}:{doubt.version}")


def question(doubt: SeatDoubt, locale: Locale) -> Card:
    """What the person is asked, and what became of it."""
    match doubt.state:
        case DoubtState.ASKED:
            return _asked(doubt, locale)
        case DoubtState.RELEASED:
            return _released(doubt, locale)
        case DoubtState.OVER | DoubtState.LEAVING if doubt.reason and not doubt.request_id:
            return _removed(doubt, locale)
        case DoubtState.KEPT if doubt.decided_by is None:
            until = Moment(doubt.kept_until or doubt.found_at, day=True)
            return _line(
                line(locale._("✅ You keep your seat. I won't ask again until {until}."), until=until), locale
            )
        case DoubtState.KEPT:
            return _line(line(locale._("✅ An admin has kept your seat; no answer is needed.")), locale)
    return _line(line(locale._("The question about your seat is settled; no answer is needed.")), locale)


def _line(text: Line, locale: Locale) -> Card:
    return Card(fallback_text(locale, text), [paragraph(locale, text)])


def _asked(doubt: SeatDoubt, locale: Locale) -> Card:
    title = locale._("Do you still need your seat?")
    by: Piece = Mention(doubt.asked_by) if doubt.asked_by else locale._("an admin")
    account = line(locale._("Your Coze account “{nick}” holds a seat of the team's space."), nick=name(doubt.nick))
    if doubt.why is Why.UNKNOWN:
        why = line(locale._("{by} is looking who needs theirs: you never asked to join here."), by=by)
    else:
        why = line(locale._("{by} is looking who needs theirs: I know of no token, agent or guide of yours."), by=by)
    sure = confirm(
        locale._("Release your seat?"),
        locale._(
            "An admin takes you out of the team. What you own there passes to its owner; you may ask to join again."
        ),
        locale._("Release it"),
        locale._("Not now"),
    )
    row = [
        button(locale._("Yes, keep it"), "seat.needed", doubt.id, primary=True),
        button(locale._("No, release it"), "seat.release", doubt.id, confirm=sure),
    ]
    terms = line(locale._("If you keep it, nobody asks for {days} days", days=HOLDS.days))
    silent = line(locale._("without an answer nothing happens by itself"))
    blocks: list[Block] = [
        header(title),
        paragraph(locale, account, why),
        actions(*row),
        context(locale, terms, silent),
    ]
    return Card(title, blocks)


def _released(doubt: SeatDoubt, locale: Locale) -> Card:
    text = locale._("Thank you: your seat will be free")
    said = line(locale._("👋 You said that you don't need it. An admin takes you out of the team soon."))
    keep = button(locale._("Keep it after all"), "seat.needed", doubt.id)
    return Card(text, [header(text), paragraph(locale, said), actions(keep)])


def _removed(doubt: SeatDoubt, locale: Locale) -> Card:
    title = locale._("An admin removes you from the team")
    told = line(locale._("Your Coze account “{nick}” leaves the **ShargeAI** space. Why:"), nick=name(doubt.nick))
    row = actions(command("join", locale))
    return Card(title, [header(title), rich_text(text_section(locale, told), quote(doubt.reason or "")), row])


def released(doubt: SeatDoubt, locale: Locale, *, newest: bool) -> Card:
    """What rings for admins."""
    who = _subject(doubt)
    text = line(locale._("👋 {who} doesn't need their seat any more"), who=who)
    blocks: list[Block] = [paragraph(locale, text)]
    if newest and doubt.state is DoubtState.RELEASED:
        blocks.append(actions(button(locale._("Review seats"), "seat.list", "open:0", primary=True)))
        blocks.append(context(locale, line(locale._("Nobody is removed without you"))))
    elif doubt.state is DoubtState.KEPT:
        blocks.append(context(locale, line(locale._("Kept after all"))))
    elif doubt.state in (DoubtState.LEAVING, DoubtState.OVER) and doubt.decided_by:
        blocks.append(context(locale, line(locale._("settled by {by}"), by=Mention(doubt.decided_by))))
    return Card(fallback_text(locale, text), blocks)
