"""What is answered to words that are no command: a short card with the button that does it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, PlainTextInputElement

from bot.core.credential import Credential, days_left
from bot.core.join import UNDECIDED, Request
from bot.core.leak import may_be_secret
from bot.core.report import LONGEST_TOLD, WORDS_LENGTH
from bot.texts.locale import Help, Locale

from .buttons import command, way_out
from .parts import (
    Card,
    Line,
    Mention,
    Moment,
    actions,
    advice,
    button,
    confirm,
    context,
    cut,
    escape,
    fallback_text,
    field,
    fit,
    helped,
    line,
    modal,
    mrkdwn,
    name,
    paragraph,
    quote,
    rich_text,
    text_section,
)
from .status import Going

SILENT = "E10"
"""The error of glasses that do not answer."""
ROW = 3  # buttons in one row, as a phone shows them
ALOUD = 200  # characters of somebody's words that a message's `text` has
LABEL = 24.0  # letters in a button


def connect(going: Going, words: str, locale: Locale) -> Card:
    """Somebody wants to connect, and a guide of theirs waits."""
    text = locale._("You stopped at: {place}. Let's continue.")
    row = [_continue(going, locale), button(locale._("Another route…"), "guide.start"), ask(words, locale)]
    return _card(locale, [line(text, place=going.place)], row)


def expired(tokens: Sequence[Credential], now: datetime, words: str, locale: Locale) -> Card:
    """A token has expired, or soon will."""
    can_not = locale._("A token can't be extended; you create a new one and put it in the old one's place.")
    if not tokens:
        row = [
            button(locale._("Help me replace it"), "remind.renew", primary=True),
            button(locale._("Track an expiry date…"), "credential.record"),
            ask(words, locale),
        ]
        return _card(locale, [line(can_not), line(locale._("I'll walk you through it in 3 steps."))], row)
    row = [
        button(_token(each, now, locale), f"remind.renew:{each.id}", each.id, primary=not number)
        for number, each in enumerate(tokens[: ROW - 1])
    ]
    row.append(button(locale._("Another one…"), "remind.renew"))
    return _card(
        locale, [line(can_not), line(locale._("Which one is it? I'll walk you through it in 3 steps."))], row
    )


def _token(token: Credential, now: datetime, locale: Locale) -> str:
    days = days_left(token.ends_at, now, locale.tz)
    if token.ends_at <= now:
        return fit(locale._("{name} (expired)"), token.name, LABEL)
    if not days:
        return fit(locale._("{name} (today)"), token.name, LABEL)
    return fit(
        locale.ngettext("{name} ({count} day)", "{name} ({count} days)", days, name="{name}"), token.name, LABEL
    )


def stop(
    going: Going | None, step: str, tokens: Sequence[Credential], request: Request | None, locale: Locale
) -> Card:
    """What could be stopped; nothing is by words alone. `step` is the guide's step, `17:s1`."""
    row: list[ButtonElement] = []
    if going:
        row.append(button(locale._("Pause the guide"), "guide.more", f"pause:{step}"))
    if tokens:
        row.append(_stop_reminders(len(tokens), locale))
    if request and request.state in UNDECIDED:
        row.append(button(locale._("My request"), "join.mine", request.id))
    text = locale._("What shall I stop?") if row else locale._("There is nothing to stop: no guide, no reminders.")
    small = line(
        locale._(
            "I only write about things you started here. Want your records gone as well? Write “delete my data”."
        )
    )
    return _card(locale, [line(text)], row or [command("status", locale)], small)


def _stop_reminders(count: int, locale: Locale) -> ButtonElement:
    text = locale.ngettext(
        "I won't warn you before {count} token expires; your glasses may go silent. You can track it again later.",
        "I won't warn you before {count} tokens expire; your glasses may go silent. You can track them again later.",
        count,
    )
    title, yes, no = locale._("Stop all reminders?"), locale._("Stop reminders"), locale._("Not now")
    return button(locale._("All reminders"), "remind.stop", confirm=confirm(title, text, yes, no, danger=True))


def stopped(count: int, locale: Locale) -> Card:
    """All reminders were stopped."""
    text = locale.ngettext(
        "Done: no more reminders for {count} token.", "Done: no more reminders for {count} tokens.", count
    )
    return Card(text, [paragraph(locale, line(text))])


def delete(locale: Locale) -> Card:
    """Somebody wants their data deleted: the form says what goes and what stays."""
    text = locale._("Sure. The next page lists what goes and what stays. Nothing is deleted until you confirm.")
    return _card(locale, [line(text)], [button(locale._("See what goes…"), "people.delete", primary=True)])


def thanks(tokens: Sequence[Credential], now: datetime, locale: Locale) -> Card:
    """You're welcome; and when the next word of mine is to be expected."""
    lines = [line(locale._("You're welcome 😊 Write any time."))]
    first = next((each for each in tokens if each.ends_at > now), None)
    if first:
        text = locale._("“{name}” expires {ends}; I'll write before that.")
        lines.append(line(text, name=name(first.name), ends=Moment(first.ends_at, day=True)))
    return _card(locale, lines, [])


def trouble(help: Help, verb: str, going: Going | None, words: str, locale: Locale) -> Card:
    """An error of Coze's, or glasses that are silent: what it is, and what to do."""
    lead = text_section(locale, line(f"**{help.what}**"), helped(help.why, help))
    first = way_out(help, locale, verb)
    if going:
        first = [_continue(going, locale)]
    elif help.key == SILENT:
        first = [command("check", locale, primary=True)]
    text = locale._("{what}. {why}", what=help.title, why=fallback_text(locale, helped(help.why, help)))
    return Card(text, [rich_text(lead, advice(help, locale)), actions(*first[: ROW - 1], ask(words, locale))])


def screen(step: str, words: str, locale: Locale, *, picture: bool = False) -> Card:
    """Coze's page looks different, or a picture of it came. `step` is the guide's, `17:s1`, "" without one."""
    lines = [line(locale._("Coze changes its pages now and then. Tell the admins what you see instead."))]
    if picture:
        lines.insert(0, line(locale._("I can't look at files. Yours stays here in our talk, where only you see it.")))
    told = button(locale._("My screen differs…"), "guide.more", f"differs:{step}", primary=True)
    others = button(locale._("Ask an admin this…"), "report.ask", _words(words) or None, primary=not step)
    return _card(locale, lines, [told, others] if step else [others])


def picture(file_id: str, words: str, locale: Locale) -> Card:
    """A picture came that can be handed on."""
    lines = [line(locale._("I can't look at files, but I can forward yours, so an admin sees what you see."))]
    value = f"{file_id} {_words(words)}".strip()
    return _card(locale, lines, [button(locale._("Send it to the admins…"), "report.picture", value, primary=True)])


def picture_form(file_id: str, words: str, locale: Locale) -> dict[str, Any]:
    """What is said with the picture."""
    told = line(locale._("Your picture goes along, and all admins see it: please no tokens or keys on it."))
    blocks: list[Block] = [
        field("guide.words", locale._("What do you see?"), _entry(words), optional=True),
        context(locale, told, line(locale._("The answer comes right here."))),
    ]
    title, submit = locale._("Ask an admin"), locale._("Send")
    return modal(title, locale._("Cancel"), blocks, "report.picture", submit, file_id)


def picture_comment(user_id: str, locale: Locale) -> str:
    """What stands with the picture in the admins' thread."""
    return mrkdwn(locale, line(locale._("🖼️ Picture from {who}"), who=Mention(user_id)))


def picture_kept(why: str, locale: Locale) -> Card:
    """It was not handed on, and why."""
    reasons = {
        "no_picture": locale._("it is no picture (PNG, JPEG, GIF or WebP)"),
        "too_large": locale._("it is larger than 10 MB"),
        "file_deleted": locale._("it was deleted"),
        "file_not_found": locale._("it was deleted"),
        "missing_scope": locale._("I don't have permission to read or send files here"),
    }
    told = line(
        locale._("🖼️ I couldn't forward your picture: {why}. The admins have your question, without it."),
        why=reasons.get(why) or locale._("Slack didn't give or take it"),
    )
    return Card(fallback_text(locale, told), [paragraph(locale, told)])


def admin(words: str, locale: Locale) -> Card:
    """Somebody wants a person."""
    text = locale._("Sure. Write what it is about, and the admins read it; the answer comes here.")
    return _card(locale, [line(text)], [ask(words, locale, primary=True)])


def unknown(going: Going | None, words: str, locale: Locale) -> Card:
    """What was not understood: on with the own step, another token, or these very words to an admin."""
    first = _continue(going, locale) if going else button(locale._("Start connecting"), "guide.start", primary=True)
    row = [first, button(locale._("Replace a token"), "remind.renew"), ask(words, locale)]
    small = line(locale._("Your words will be filled in; change them before sending."))
    return _card(locale, [line(locale._("I didn't get that. Perhaps you'd like to:"))], row, small)


def ask(words: str, locale: Locale, *, primary: bool = False) -> ButtonElement:
    """Opens the form to the admins, with these words in it unless they might be a secret."""
    return button(locale._("Ask an admin this…"), "report.ask", _words(words) or None, primary=primary)


def ask_form(words: str, going: Going | None, locale: Locale) -> dict[str, Any]:
    """The question to the admins, as it was written."""
    told = [line(locale._("Sent with it: {place}, and the last error."), place=going.place)] if going else []
    blocks: list[Block] = [
        field("guide.words", locale._("Your question"), _entry(words), locale._("No tokens or keys, please.")),
        context(locale, *told, line(locale._("The answer comes right here."))),
    ]
    return modal(locale._("Ask an admin"), locale._("Cancel"), blocks, "report.ask", locale._("Send"))


def asked(locale: Locale) -> Card:
    """The question is with the admins."""
    text = locale._("✅ The admins have your question. The answer comes right here.")
    return Card(text, [paragraph(locale, line(text))])


def reply(subject: str, who: str, their_words: str, words: str, locale: Locale) -> Card:
    """Whether what was typed is a reply to the admin `who` (a name), who has asked or answered."""
    title = locale._("Send this to {name}?", name=escape(name(who)))
    lead = text_section(locale, line(locale._("Is this a reply to {name}, who wrote:"), name=name(who)))
    then = text_section(locale, line(locale._("Your words:")))
    row = [
        button(fit(locale._("Send to {name}"), who, LABEL), "talk.send", f"{subject} {words}", primary=True),
        button(locale._("Edit first…"), "talk.edit", f"{subject} {cut(words, WORDS_LENGTH)}"),
        button(locale._("Not a reply"), "talk.aside", words),
    ]
    if len(words) > WORDS_LENGTH:
        del row[0]
    blocks: list[Block] = [rich_text(lead, quote(their_words), then, quote(words)), actions(*row)]
    if len(words) > WORDS_LENGTH:
        small = locale._("{longest} characters at most go to an admin.", longest=WORDS_LENGTH)
        blocks.append(context(locale, line(small)))
    return Card(title, blocks)


def replied(user_id: str, at: datetime, locale: Locale) -> Card:
    """The reply was sent to that admin."""
    told = line(locale._("✅ Sent to {who} · {at}"), who=Mention(user_id), at=Moment(at))
    return Card(fallback_text(locale, told), [context(locale, told)])


def edit_form(subject: str, their_words: str, words: str, locale: Locale) -> dict[str, Any]:
    """The reply, to be changed before it is sent."""
    entry = field("guide.words", locale._("Your words"), _entry(words), locale._("No tokens or keys, please."))
    blocks: list[Block] = [rich_text(quote(their_words)), entry]
    return modal(locale._("Reply"), locale._("Cancel"), blocks, "talk.send", locale._("Send"), subject)


def offer(who: str, words: str, carried: str, locale: Locale, *, may_ask: bool) -> Card:
    """Only the admin sees it who wrote below a card: whether the person called `who` shall read it."""
    title = locale._("{name} can't see this thread. Send it to {name}?", name=escape(name(who)))
    lead = text_section(
        locale, line(locale._("{name} can't see this thread. Send your words to {name}?"), name=name(who))
    )
    small = [
        line(locale._("Only you can see this")),
        line(locale._("“Just between us”: I won't ask again below this card")),
    ]
    leave = button(locale._("Just between us"), "thread.leave", " ".join(carried.split(" ")[:2]))
    if len(words) > LONGEST_TOLD:
        too_long = line(locale._("{longest} characters at most can be sent.", longest=LONGEST_TOLD))
        return Card(title, [rich_text(lead), actions(leave), context(locale, too_long, *small)])
    row = [button(fit(locale._("Send to {name}"), who, LABEL), "thread.tell", carried, primary=True)]
    if may_ask:
        row.append(button(locale._("Send as a question…"), "thread.question", carried))
    return Card(title, [rich_text(lead, quote(words, LONGEST_TOLD)), actions(*row, leave), context(locale, *small)])


def told(user_id: str, at: datetime, locale: Locale) -> Card:
    """It was sent to the person."""
    sent = line(locale._("✉️ Sent to {who} · {at} · the answer will appear here"), who=Mention(user_id), at=Moment(at))
    return Card(fallback_text(locale, sent), [context(locale, sent)])


def left(locale: Locale) -> Card:
    """The admins want to be among themselves."""
    text = locale._("All right, I won't ask again below this card.")
    return Card(text, [paragraph(locale, line(text))])


def told_notice(by: str, words: str, locale: Locale) -> Card:
    """What an admin wrote in the thread, in the person's DM."""
    lead = line(locale._("💬 {who} writes to you:"), who=Mention(by))
    small = line(locale._("Just write here, and I'll offer to send it back"))
    blocks: list[Block] = [rich_text(text_section(locale, lead), quote(words, LONGEST_TOLD)), context(locale, small)]
    return Card(f"{fallback_text(locale, lead)}\n{escape(cut(words, ALOUD))}", blocks)


def _entry(words: str) -> PlainTextInputElement:
    kept = words[:WORDS_LENGTH]
    return PlainTextInputElement(
        action_id="value", multiline=True, max_length=WORDS_LENGTH, initial_value=kept or None
    )


def _words(words: str) -> str:
    return "" if may_be_secret(words) else cut(words.strip(), WORDS_LENGTH)


def _continue(going: Going, locale: Locale) -> ButtonElement:
    return button(locale._("Continue"), "guide.resume", going.guide_id, primary=True, aloud=going.place)


def _card(locale: Locale, lines: Sequence[Line], row: Sequence[ButtonElement], small: Line | None = None) -> Card:
    blocks: list[Block] = [paragraph(locale, *lines)]
    if row:
        blocks.append(actions(*row))
    if small:
        blocks.append(context(locale, small))
    return Card(" ".join(fallback_text(locale, each) for each in lines), blocks)
