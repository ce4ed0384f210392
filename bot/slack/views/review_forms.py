"""The review desk's forms: why not, a question, its answer, who decides instead; and an agent's versions so far."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.core.review import DECIDED, WORDS, Review, ReviewState
from bot.services.admins import Admin
from bot.slack.fields import Fields
from bot.texts.locale import Locale
from bot.texts.review import review_texts

from .parts import NAME, Line, Mention, Moment, cut, field, fit, line, modal, name, paragraph, quote, rich_text

TITLE = 22.0  # letters that a form's title has room for
MOST = 100  # options of a menu


def reject_form(review: Review, locale: Locale, author: str) -> dict[str, Any]:
    """What is to be mended, which goes to the author and to Coze."""
    reasons = review_texts().reasons
    options = [Option(text=_plain(text[locale.language]), value=key) for key, text in reasons.items()]
    blocks: list[Block] = [
        field(
            "review.why",
            locale._("What to fix"),
            CheckboxesElement(action_id="value", options=options),
            optional=True,
        ),
        _words(
            "review.reason",
            locale._("How"),
            locale._("Such as: under 30 words"),
            locale._("Sent to {who} word for word, in your name; Coze shows it too.", who=name(author)),
        ),
    ]
    submit = locale._("Reject and notify")
    return _form(review, locale, locale._("Reject {name}"), blocks, "review.reject", submit)


def read_reason(fields: Fields, locale: Locale) -> str:
    """The ticked ones and what was written, as the author reads it."""
    reasons, ticked = review_texts().reasons, fields["review.why"].ticked
    chosen = [reasons[key][locale.language] for key in ticked if key in reasons]
    written = fields.text("review.reason").strip()
    return "\n".join([*([locale.listed(chosen)] if chosen else []), *([written] if written else [])])


def ask_form(review: Review, locale: Locale, author: str) -> dict[str, Any]:
    """What an admin wants to know before the verdict."""
    hint = locale._("Sent to {who} word for word. The review stays open.", who=name(author))
    blocks = [_words("review.question", locale._("Your question"), None, hint)]
    return _form(review, locale, locale._("Ask about {name}"), blocks, "review.ask", locale._("Send question"))


def answer_form(review: Review, locale: Locale) -> dict[str, Any]:
    """Shows the author the question and takes the answer."""
    hint = locale._("{longest} characters at most. The admins read it and decide.", longest=WORDS)
    blocks: list[Block] = [
        rich_text(quote(review.question or "")),
        _words("review.answer", locale._("Your answer"), None, hint),
    ]
    return _form(review, locale, locale._("About {name}"), blocks, "review.answer", locale._("Send answer"))


def assign_form(review: Review, locale: Locale, admins: Sequence[Admin]) -> dict[str, Any]:
    """Which of the admins shall decide."""
    if not admins:
        alone = line(locale._("Nobody else is an admin today, so there is nobody to hand it to."))
        return _form(review, locale, locale._("Reassign {name}"), [paragraph(locale, alone)], "review.assign", None)
    options = [Option(text=_plain(name(each.person.name)), value=each.person.user_id) for each in admins[:MOST]]
    chosen = next((each for each in options if each.value == review.assignee), None)
    placeholder = locale._("pick an admin")
    who = StaticSelectElement(action_id="value", placeholder=placeholder, options=options, initial_option=chosen)
    hint = locale._("Admins only. They get the card by direct message; others may still decide too.")
    blocks: list[Block] = [field("review.assignee", locale._("Who decides"), who, hint)]
    return _form(review, locale, locale._("Reassign {name}"), blocks, "review.assign", locale._("Reassign"))


def history(review: Review, locale: Locale, reviews: Sequence[Review]) -> dict[str, Any]:
    """All versions of the agent that were sent to the channel, the newest first."""
    blocks: list[Block] = [paragraph(locale, *_version(each, locale)) for each in reviews]
    return _form(review, locale, locale._("Releases of {name}"), blocks, "review.history", None)


def _version(review: Review, locale: Locale) -> list[Line]:
    state = {
        ReviewState.APPROVED: locale._("✅ approved"),
        ReviewState.REJECTED: locale._("❌ rejected"),
        ReviewState.SUPERSEDED: locale._("↪️ published again before a verdict"),
        ReviewState.UNPUBLISHED: locale._("➖ taken off the channel"),
        ReviewState.DELETED: locale._("➖ deleted on Coze"),
    }.get(review.state, locale._("⏳ in review"))
    at = Moment(review.decided_at or review.published_at, day=True)
    told = [line(locale._("**{version}** {state}"), version=cut(review.version, NAME), state=state)]
    if review.state in DECIDED and review.decided_by:
        told.append(line(locale._("{by} · {at}"), by=Mention(review.decided_by), at=at))
    else:
        told.append(line("{at}", at=at))
    return [*told, line("{reason}", reason=cut(review.reason, 200))] if review.reason else told


def _form(
    review: Review, locale: Locale, title: str, blocks: Sequence[Block], callback_id: str, submit: str | None
) -> dict[str, Any]:
    close = locale._("Back") if submit else locale._("Close")
    return modal(fit(title, review.agent_name, TITLE), close, blocks, callback_id, submit, str(review.id))


def _words(block_id: str, label: str, placeholder: str | None, hint: str) -> InputBlock:
    words = PlainTextInputElement(action_id="value", multiline=True, max_length=WORDS, placeholder=placeholder)
    return field(block_id, label, words, hint)


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
