"""Deleting one's data: the form that says what goes and what stays, what was deleted, and the admins' notice."""

from typing import Any

from slack_sdk.models.blocks import Block, CheckboxesElement, Option

from bot.core.join import OPEN, UNDECIDED, JoinState
from bot.store.personal_data import Held
from bot.texts.locale import Locale

from .parts import Card, Line, bullets, context, field, line, modal, paragraph, rich_text, text_section

SURE = "people.sure"


def form(held: Held, locale: Locale) -> dict[str, Any]:
    """What goes, what stays and why; nothing has gone yet."""
    sure = Option(value="yes", label=locale._("I know that nobody will remind me any more"))
    entry = CheckboxesElement(action_id="value", options=[sure])
    blocks: list[Block] = [
        rich_text(
            text_section(locale, line(locale._("**Will be deleted**"))),
            bullets(locale, *_goes(held, locale)),
            text_section(locale, line(locale._("**Will stay**"))),
            bullets(locale, *_stays(held, locale)),
        ),
        field(SURE, locale._("Confirm"), entry),
        context(locale, line(locale._("This happens at once and can't be undone. I'll write what was deleted."))),
    ]
    title, submit = locale._("Delete my data"), locale._("Delete everything")
    return modal(title, locale._("Not now"), blocks, "people.delete", submit)


def _goes(held: Held, locale: Locale) -> list[Line]:
    found: list[str] = []
    if held.tokens:
        told = locale.ngettext(
            "Name, date and reminders of {count} token: they stop at once",
            "Names, dates and reminders of {count} tokens: they stop at once",
            held.tokens,
        )
        found.append(told)
    if held.backups:
        told = locale.ngettext(
            "That you are the backup person for {count} token: its owner has none then",
            "That you are the backup person for {count} tokens: their owners have none then",
            held.backups,
        )
        found.append(told)
    if held.secrets:
        found.append(
            locale.ngettext(
                "{count} token, key or sign-in that I store, encrypted",
                "{count} tokens, keys or sign-ins that I store, encrypted",
                held.secrets,
            )
        )
    if held.request in UNDECIDED:
        found.append(locale._("Your request to join: it is withdrawn, and the admins are told"))
    elif held.request in OPEN:
        found.append(locale._("Your approved request: it is closed, and the admins are told"))
    elif held.request:
        found.append(locale._("Your request to join, with purpose, nickname and e-mail"))
    if held.reports:
        found.append(locale._("Your questions to the admins, with pictures and answers"))
    if held.guides or held.agents:
        found.append(locale._("The progress of your guides and the list of your agents"))
    found.append(locale._("Your settings, your name, and my messages to you here"))
    return [line(each) for each in found]


def _stays(held: Held, locale: Locale) -> list[Line]:
    found = [locale._("That something was decided or published, and when, without your name and words: for audits")]
    if held.reviews:
        told = locale.ngettext(
            "{count} review in Coze: it goes on there, and I won't tell you how it ends",
            "{count} reviews in Coze: they go on there, and I won't tell you how they end",
            held.reviews,
        )
        found.append(told)
    found.append(locale._("Your tokens, agents and membership in Coze: only you can delete those"))
    found.append(locale._("For a week at most, which messages of mine Slack is to delete"))
    return [line(each) for each in found]


def done(held: Held, locale: Locale) -> Card:
    """It is deleted."""
    text = locale._("✅ Your data is deleted")
    gone = locale._("Deleted: {counts}. My earlier messages here will disappear over the next minutes.")
    again = line(locale._("Write to me whenever you like, and we'll start afresh."))
    return Card(text, [paragraph(locale, line(text), line(gone, counts=_counts(held, locale)), again)])


def _counts(held: Held, locale: Locale) -> str:
    parts = [
        locale.ngettext("{count} token", "{count} tokens", held.tokens) if held.tokens else "",
        locale.ngettext("{count} stored secret", "{count} stored secrets", held.secrets) if held.secrets else "",
        _stood_in(held, locale),
        locale._("your request") if held.request else "",
        locale.ngettext("{count} guide", "{count} guides", held.guides) if held.guides else "",
        locale.ngettext("{count} agent", "{count} agents", held.agents) if held.agents else "",
        locale.ngettext("{count} question", "{count} questions", held.reports) if held.reports else "",
        locale._("your settings"),
    ]
    return locale.all_of([each for each in parts if each])


def _stood_in(held: Held, locale: Locale) -> str:
    if not held.backups:
        return ""
    return locale.ngettext("{count} backup for another's token", "{count} backups for others' tokens", held.backups)


def notice(held: Held, locale: Locale, *, is_own_wish: bool = True) -> Card:
    """What it means for the admins; nobody is named any more. Else whoever runs the bot has deleted it."""
    title = locale._("🗑️ Somebody had their data deleted")
    if not is_own_wish:
        title = locale._("🗑️ Somebody's data was deleted")
    found: list[str] = []
    if held.request in UNDECIDED:
        found.append(locale._("Their request to join is withdrawn: there is nothing to decide any more."))
    elif held.request in OPEN:
        found.append(locale._("Their approved request is closed. An invitation in Coze may still be open."))
    elif held.request in (JoinState.JOINED, JoinState.REMOVED):
        found.append(locale._("What they have in the ShargeAI space in Coze is untouched."))
    if held.reviews:
        told = locale.ngettext(
            "{count} agent of theirs may still be in review in Coze; I don't follow it any more.",
            "{count} agents of theirs may still be in review in Coze; I don't follow them any more.",
            held.reviews,
        )
        found.append(told)
    if held.questions:
        found.append(
            locale.ngettext("{count} open question is gone.", "{count} open questions are gone.", held.questions)
        )
    if held.assigned:
        told = locale.ngettext(
            "{count} request that was assigned to them waits for any admin now.",
            "{count} requests that were assigned to them wait for any admin now.",
            held.assigned,
        )
        found.append(told)
    small = locale._("At their own wish. The log keeps what happened, without their name and words.")
    if not is_own_wish:
        small = locale._("By whoever runs the bot. The log keeps what happened, without their name and words.")
    blocks: list[Block] = [
        rich_text(text_section(locale, line(title)), bullets(locale, *(line(each) for each in found))),
        context(locale, line(small)),
    ]
    return Card(f"{title}. {' '.join(found)}", blocks)
