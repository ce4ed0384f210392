"""Answers to commands and presses, seen by the asker alone. Nothing here is worth keeping."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from slack_sdk.models.blocks import ButtonElement, PlanBlock, RichTextElement

from bot.core import errors
from bot.core.account import DisputeState
from bot.core.errors import BotError
from bot.core.join import JoinState
from bot.core.leak import may_be_secret
from bot.core.review import ReviewState
from bot.core.setting import MayNotAsk
from bot.texts.catalogue import catalogues
from bot.texts.commands import CommandText, commands
from bot.texts.locale import Locale, error_help, mark

from .buttons import KEPT, command, keep_anew, languages
from .chart import BarChart
from .join.asking import may_not_ask
from .parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    actions,
    bullets,
    button,
    context,
    cut,
    escape,
    header,
    helped,
    line,
    modal,
    name,
    paragraph,
    rich_text,
    text_section,
)

LONGEST_WORD = 30
LONGEST_VALUE = 2000  # of a button, docs.slack.dev/reference/block-kit/block-elements/button-element

_FORMS = {
    "join.ask": "join",
    "join.edit": "join",
    "join.read_uid": "join",
    "join.fix": "status",
    "account.prove": "status",
    "join.answer": "status",
    "join.approve": "queue",
    "join.approve_own": "status",
    "join.decline": "queue",
    "join.undo": "queue",
    "join.question": "queue",
    "join.assign": "queue",
    "join.remove": "queue",
    "settings.list": "settings",
    "settings.edit": "settings",
    "check.run": "check",
    "publish.pick": "publish",
    "publish.confirm": "publish",
    "publish.looking": "publish",
    "desk": "admin",
    "audit.search": "admin",
    "seats.enter": "admin",
    "work.drop": "admin",
}
"""The command that opens a form again, by the form's callback id."""


def help(locale: Locale, rows: Sequence[CommandText], admin_rows: Sequence[CommandText] = ()) -> Card:
    """That plain words do, and the commands; admins find theirs in a list of their own."""
    head = locale._("Just ask in your own words")
    told = locale._("Such as “my token expired” or “publish it”. Commands work too; `/sharge` is your next step:")
    first = text_section(locale, line(told))
    parts: list[RichTextElement] = [first, *_commands(locale, rows)]
    if admin_rows:
        parts += [text_section(locale, line(locale._("For admins:"))), *_commands(locale, admin_rows)]
    blocks = [
        header(head),
        rich_text(*parts),
        actions(
            button(locale._("Show my next step"), "command.status", primary=True),
            button(locale._("Ask an admin…"), "report.ask"),
            *languages(locale, "command.lang"),
        ),
        context(locale, line(_in_others(locale))),
    ]
    verbs = locale.listed(row.verb for row in (*rows, *admin_rows))
    return Card(locale._("Just ask in your own words, or use: {verbs}.", verbs=verbs), blocks)


def _in_others(locale: Locale) -> str:
    """How the first command is typed in every other language."""
    first, others = commands()[0], locale.others
    return locale.ngettext(
        "{languages} works too: {examples} . In a DM the word alone is enough.",
        "{languages} work too: {examples} . In a DM the word alone is enough.",
        len(others),
        languages=locale.all_of([locale.catalogue.name_of(other.language) for other in others]),
        examples=" · ".join(f"`/sharge {first.typed(other.language)}`" for other in others),
    )


def _commands(locale: Locale, rows: Sequence[CommandText]) -> list[RichTextElement]:
    template = locale._("{command}  {summary}")
    lines = [
        line(template, command=Code(f"/sharge {row.typed(locale.language)}"), summary=row.summary(locale))
        for row in rows
    ]
    return [bullets(locale, *lines)] if lines else []


def unknown(word: str, guess: str | None, locale: Locale, rest: str = "") -> Card:
    """No such command, and the closest one as a button; `rest` are its arguments.

    What might be a secret, though it looks like none that is known, is not repeated.
    """
    shown = cut(name(word), LONGEST_WORD)
    rest = "" if may_be_secret(rest) else rest
    lines = [line(locale._("There is no command “{word}”."), word=shown)]
    text = locale._("There is no command “{word}”.", word=escape(shown))
    if may_be_secret(word):
        text, guess = locale._("I know only commands, and this is none."), None
        lines = [line(text)]
    row = [] if guess == "help" else [command("help", locale, primary=not guess)]
    print_: list[Line] = []
    if guess:
        lines.append(line(locale._("Did you mean {guess}?"), guess=Code(guess)))
        row.insert(0, command(guess, locale, rest[:LONGEST_VALUE], primary=True))
        text = locale._("There is no command “{word}”. Did you mean {guess}?", word=escape(shown), guess=guess)
        typed = Code(cut(f"/sharge {guess} {rest}".strip(), LONGEST_WORD))
        print_ = [line(locale._("Same as typing {command}"), command=typed)]
    blocks = [paragraph(locale, *lines), actions(*row), *([context(locale, *print_)] if print_ else [])]
    return Card(text, blocks)


def lang_set(locale: Locale) -> Card:
    """Said in the language that was chosen."""
    return words(locale._("From now on I speak English with you."), locale)


REFUSALS: Mapping[type[BotError], str] = {
    errors.NotAdmin: mark("Only admins decide this. You aren't on their list today."),
    errors.OwnRequest: mark("You can't decide your own request. Another admin has to."),
    errors.NotYours: mark("This belongs to somebody else, so only they can do it."),
    errors.NotAllowed: mark("Only full members of this Slack workspace can use this."),
    errors.HasJoined: mark(
        "They have joined meanwhile, so nothing was taken back. To take them out of the team: “Remove from the "
        "team…” in the card's menu."
    ),
    errors.WrongState: mark("This has moved on meanwhile, so nothing was changed."),
    errors.Outdated: mark("It was changed since your card was drawn. The card is redrawn now: please look again."),
    errors.NoAccount: mark("This request has no Coze account at the moment: the person was asked for their own."),
    errors.Unproven: mark(
        "Nobody has verified whose this Coze account is, so I don't remove it: it may be somebody else's. Ask the "
        "person to verify it, or remove it on Coze yourself."
    ),
    errors.TooOften: mark("Too many tries in a short time. Please wait ten minutes."),
    errors.TooSoon: mark("It is too early for that: once a day, after the agreed time."),
    errors.NotFound: mark("This no longer exists. Nothing was changed."),
    errors.Unreachable: mark("I can't ask Slack right now, so I did nothing. Please press again."),
    errors.InvalidFields: mark("Something in the form can't be accepted. Please open it again."),
    BotError: mark("That didn't work, and nothing was changed. Please try again."),
}
"""What a person is told of each class of the tree, for all that is below it and has no sentence of its own."""

_LEADS_ON = (errors.WrongState, errors.NotFound)
"""Where the next step helps more than another try."""


def refusal(error: BotError, locale: Locale) -> Card:
    """What a person is told who may not, or came too late."""
    if isinstance(error, errors.AlreadyDecided):
        return _decided(error, locale)
    if isinstance(error, errors.Throttled):
        return words(_throttled(error, locale), locale)
    if isinstance(key := getattr(error, "help", None), str):  # errors of Coze name their help
        return _coze(key, error, locale)
    if isinstance(error, MayNotAsk):
        return may_not_ask(error, locale)
    kind = next(each for each in type(error).__mro__ if each in REFUSALS)
    text = locale._(REFUSALS[kind])
    return _with_status(text, locale) if isinstance(error, _LEADS_ON) else words(text, locale)


def unexpected(short_id: str, locale: Locale) -> Card:
    """Our own mistake; the id leads to the log."""
    text = locale._(
        "Something went wrong on my side. Please try again; if it keeps happening, give an admin this number:"
    )
    fallback_text = locale._("Something went wrong on my side (number {id}). Please try again.", id=short_id)
    return Card(fallback_text, [paragraph(locale, line(text), line("{id}", id=Code(short_id)))])


def unsaved(locale: Locale) -> Card:
    """The database is away or full."""
    text = locale._("Nothing was saved: my database doesn't answer at the moment. Please try again in a few minutes.")
    return Card(text, [paragraph(locale, line(text))])


def form_expired(callback_id: str, locale: Locale) -> Card:
    """Slack gave us too little time to open a form: a button opens it again."""
    text = locale._("The form didn't open in time. Nothing is lost.")
    return Card(text, [paragraph(locale, line(text)), actions(_opener(callback_id, locale))])


def open_form(callback_id: str, locale: Locale) -> Card:
    """A form can't open from a chat message: a button opens it."""
    text = locale._("Here is the form:")
    return Card(text, [paragraph(locale, line(text)), actions(_opener(callback_id, locale))])


def choose_language(locale: Locale) -> Card:
    """Which languages there are, for a word that names none of them."""
    names = [locale.catalogue.name_of(language) for language in catalogues()]
    text = locale._("I speak {languages}.", languages=locale.all_of(names))
    auto = line(locale._("`/sharge lang auto` follows your Slack language"))
    return Card(
        text, [paragraph(locale, line(text)), actions(*languages(locale, "command.lang")), context(locale, auto)]
    )


def in_modal(card: Card, locale: Locale) -> dict[str, Any]:
    """A card in a modal: where there is no room for messages, or in the place of a form that was sent."""
    blocks = [block for block in card.blocks if not isinstance(block, PlanBlock | BarChart)]
    return modal(locale._("ShargeAI"), locale._("Close"), blocks, "told")


def _opener(callback_id: str, locale: Locale) -> ButtonElement:
    if callback_id == "credential.record":
        return button(locale._("Track an expiry date…"), "credential.record", primary=True)
    if callback_id.startswith("guide."):
        return command("start", locale, primary=True)
    return command(_FORMS.get(callback_id, "status"), locale, primary=True)


def _decided(error: errors.AlreadyDecided, locale: Locale) -> Card:
    states: dict[str, str] = {
        JoinState.DECLINED: locale._("declined"),
        ReviewState.REJECTED: locale._("rejected"),
        JoinState.WITHDRAWN: locale._("withdrawn"),
        JoinState.REVOKED: locale._("taken back"),
        **dict.fromkeys(DisputeState, locale._("decided")),
    }
    state = states.get(error.state, locale._("approved"))
    text = locale._("Someone got there first: this request is already {state}.", state=state)
    if not (error.by and error.at):
        return words(text, locale)
    who = locale._("Decided by {by} {at}")
    return Card(text, [paragraph(locale, line(text), line(who, by=Mention(error.by), at=Moment(error.at)))])


def _throttled(error: errors.Throttled, locale: Locale) -> str:
    return locale.ngettext(
        "That was a lot in a short time. Please send it again in {count} second.",
        "That was a lot in a short time. Please send it again in {count} seconds.",
        ceil(error.seconds),
    )


def _coze(key: str, error: BotError, locale: Locale) -> Card:
    help = error_help(key, locale, code=getattr(error, "code", None))
    lines = [helped(help.why, help), helped(help.do[0], help)]
    mend = [actions(keep_anew(help))] if key in KEPT else []
    return Card(help.what, [paragraph(locale, line(f"**{help.what}**"), *lines), *mend])


def _with_status(text: str, locale: Locale) -> Card:
    return Card(text, [paragraph(locale, line(text)), actions(command("status", locale))])


def words(text: str, locale: Locale) -> Card:
    return Card(text, [paragraph(locale, line(text))])
