"""A freeze of publishing: the admins' card and forms, and what an author is told who asked to pass."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import (
    Block,
    DateTimePickerElement,
    InputBlock,
    InteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RichTextElement,
    StaticSelectElement,
)

from bot.core.freeze import WORDS, Freeze, FreezePass
from bot.slack.fields import Fields
from bot.slack.router import View
from bot.texts.locale import Locale

from .buttons import command
from .parts import (
    NAME,
    Card,
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    button,
    context,
    cut,
    fallback_text,
    field,
    header,
    line,
    modal,
    name,
    paragraph,
    quote,
    rich_text,
    text_section,
)

LISTED = 10  # of those who ask to pass
MOST = 100  # options of a menu
USUALLY = timedelta(days=1)  # that a freeze lasts, as the form proposes


def card(freeze: Freeze, asked: Sequence[FreezePass], locale: Locale, now: datetime) -> Card:
    """The admins' card while it is on; one line once it is over."""
    if not freeze.is_on(now):
        return _over(freeze, locale)
    text = locale._("Publishing to [channel] is frozen")
    words: list[RichTextElement] = [quote(freeze.reason)]
    if told := [_asked(each, locale) for each in asked[:LISTED]]:
        words.append(text_section(locale, *told))
    row: list[InteractiveElement] = [button(locale._("Lift freeze…"), "publish.lift", freeze.id, primary=True)]
    if _waiting(asked):
        row.append(button(locale._("Allow one…"), "publish.pass", freeze.id))
    blocks: list[Block] = [
        header(f"❄️ {text}"),
        context(locale, *_who(freeze, locale)),
        rich_text(*words),
        actions(*row),
        context(locale, line(locale._("What is in review goes on · I remind you each working day"))),
    ]
    return Card(text, blocks)


def _who(freeze: Freeze, locale: Locale) -> list[Line]:
    return [
        line("{who}", who=Mention(freeze.begun_by)),
        line(locale._("since {at}"), at=Moment(freeze.begun_at)),
        line(locale._("until {at}"), at=Moment(freeze.ends_at)),
    ]


def _waiting(asked: Sequence[FreezePass]) -> list[FreezePass]:
    return [each for each in asked if each.passed_at is None]


def _asked(each: FreezePass, locale: Locale) -> Line:
    pieces: dict[str, Piece] = {"who": Mention(each.user_id), "name": cut(name(each.agent_name), NAME)}
    if each.passed_by:
        return line(locale._("✅ “{name}” of {who} may pass: {by}"), by=Mention(each.passed_by), **pieces)
    return line(locale._("⏳ {who} asks to publish “{name}” all the same"), **pieces)


def _over(freeze: Freeze, locale: Locale) -> Card:
    if freeze.lifted_by is None:
        fact = line(locale._("✅ The freeze of publishing ended {at}, as planned"), at=Moment(freeze.ends_at))
        return Card(fallback_text(locale, fact), [paragraph(locale, fact)])
    at = Moment(freeze.lifted_at or freeze.ends_at)
    fact = line(locale._("✅ {by} lifted the freeze of publishing {at}"), by=Mention(freeze.lifted_by), at=at)
    reason = quote(freeze.lift_reason or "")
    return Card(fallback_text(locale, fact), [rich_text(text_section(locale, fact), reason)])


def begin_form(locale: Locale, now: datetime) -> View:
    """Why, and until when."""
    blocks: list[Block] = [
        paragraph(
            locale,
            line(locale._("Until it ends nobody publishes to [channel] from here; what is in review goes on.")),
        ),
        _reason(locale, locale._("Authors read it word for word, with your name.")),
        field(
            "freeze.until",
            locale._("Until"),
            DateTimePickerElement(action_id="value", initial_date_time=int((now + USUALLY).timestamp())),
            hint=locale._("It ends by itself then; you can lift it before."),
        ),
    ]
    return modal(locale._("Freeze publishing"), locale._("Back"), blocks, "publish.freeze", locale._("Freeze"))


def lift_form(freeze: Freeze, locale: Locale) -> View:
    """What is on, and why it may end."""
    blocks: list[Block] = [
        context(locale, *_who(freeze, locale)),
        rich_text(quote(freeze.reason)),
        _reason(locale, locale._("Told in the admin channel.")),
    ]
    return modal(
        locale._("Lift freeze"), locale._("Back"), blocks, "publish.lift", locale._("Lift freeze"), str(freeze.id)
    )


def pass_form(freeze: Freeze, asked: Sequence[FreezePass], locale: Locale) -> View:
    """Whose agent, and why."""
    title, back = locale._("Let one pass"), locale._("Back")
    options = [
        Option(text=PlainTextObject(text=cut(name(each.agent_name), NAME), emoji=False), value=str(each.id))
        for each in _waiting(asked)[:MOST]
    ]
    if not options:
        return modal(title, back, [paragraph(locale, line(locale._("Nobody asks to pass any more.")))], "told")
    who = StaticSelectElement(action_id="value", options=options, initial_option=options[0])
    blocks: list[Block] = [
        field("freeze.agent", locale._("Agent"), who),
        _reason(locale, locale._("The author reads it word for word, with your name.")),
    ]
    return modal(title, back, blocks, "publish.pass", locale._("Allow it"), str(freeze.id))


def read(fields: Fields) -> tuple[str, int]:
    """What the form to begin one says: the reason, and the end as a moment in Unix seconds."""
    return fields.text("freeze.reason"), fields["freeze.until"].moment


def _reason(locale: Locale, hint: str) -> InputBlock:
    words = PlainTextInputElement(action_id="value", multiline=True, max_length=WORDS)
    return field("freeze.reason", locale._("Reason"), words, hint)


def asked_to_pass(locale: Locale) -> Card:
    """The author's wish is on the admins' card."""
    text = locale._("The admins see that you ask. I'll tell you here when you may publish.")
    return Card(text, [paragraph(locale, line(text))])


def may_publish(freeze: Freeze, asked_for: FreezePass, locale: Locale, now: datetime) -> Card:
    """Rings for an author who asked: they may pass, or the freeze is over."""
    called = cut(name(asked_for.agent_name), NAME)
    if not freeze.is_on(now):
        fact = line(locale._("✅ Publishing works again: “{name}” can go"), name=called)
        blocks: list[Block] = [paragraph(locale, fact)]
    else:
        by = Mention(asked_for.passed_by or "")
        fact = line(locale._("✅ {by} allows “{name}” despite the freeze:"), by=by, name=called)
        blocks = [rich_text(text_section(locale, fact), quote(asked_for.reason or ""))]
    publish = command("publish", locale, asked_for.agent_id, primary=True)
    return Card(fallback_text(locale, fact), [*blocks, actions(publish)])
