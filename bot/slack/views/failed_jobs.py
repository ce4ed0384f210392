"""What could not be done, as admins see it: a page of it, and the question before a job is given up."""

from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock

from bot.services.failed_jobs import FailedJob, FailedPage, Settled
from bot.store.job_desk import COUNTED
from bot.texts.locale import Locale

from . import job_words
from .desk import framed, shown_of, turning
from .parts import Line, Mention, Moment, actions, button, confirm, context, line, modal, paragraph, section

PAGE = 5


def page(found: FailedPage, locale: Locale, note: Line | None = None) -> dict[str, Any]:
    """Some of what failed, each with its two buttons; `note` says what the last press has done."""
    blocks: list[Block] = [paragraph(locale, note)] if note else []
    if not found.jobs:
        blocks.append(paragraph(locale, line(locale._("✅ Nothing has failed"))))
    elif found.total > 1:
        blocks.append(_all_of_them(locale))
    for number, each in enumerate(found.jobs):
        blocks += _entry(each, locale, primary=not number)
    if found.jobs:
        safe = locale._("Trying again doubles nothing: I look first whether it was already done")
        shown = [shown_of(found.offset, len(found.jobs), found.total, locale)] if found.total > PAGE else []
        blocks.append(context(locale, *shown, line(safe)))
    blocks.append(actions(*turning(locale, "work.stuck", found.offset, PAGE, found.total)))
    title = locale._("Failed jobs · {count}", count=_number(found.total, locale)) if found.total else ""
    return framed(title or locale._("Failed jobs"), blocks, locale, str(found.offset))


def _number(total: int, locale: Locale) -> str:
    return f"{locale.number(COUNTED)}+" if total > COUNTED else locale.number(total)


def _all_of_them(locale: Locale) -> Block:
    sure = confirm(
        locale._("Try everything again?"),
        locale._("Everything on this list is tried again now, from its beginning."),
        locale._("Try all again"),
        locale._("Not now"),
    )
    again = button(locale._("Try all again"), "work.retry_all", confirm=sure)
    text = locale._("Once the cause is mended, all of it can be tried again in one go.")
    return section(locale, again, line(text))


def _entry(each: FailedJob, locale: Locale, *, primary: bool) -> list[Block]:
    value = f"{each.job.id}:{each.job.mark}"
    what = job_words.what(each.job, each.about, locale)
    again = button(locale._("Try again"), "work.retry", value, primary=primary)
    drop = button(locale._("Give up…"), "work.drop", value)
    title = Line(f"❌ **{what.template}**", what.pieces)
    return [paragraph(locale, title, *_standing(each, locale)), actions(again, drop), DividerBlock()]


def _standing(each: FailedJob, locale: Locale) -> list[Line]:
    """How often it was tried and when, and why it fails."""
    job, at = each.job, Moment(each.job.due_at)
    if job.state == "dead":
        text = locale.ngettext(
            "Given up after {count} try, {at}", "Given up after {count} tries, the last {at}", job.attempts, at="{at}"
        )
    elif not job.attempts:
        text = locale._("I try again {at}")
    else:
        text = locale.ngettext(
            "{count} try so far, the next {at}", "{count} tries so far, the next {at}", job.attempts, at="{at}"
        )
    return [line(text, at=at), job_words.why(job.last_error, locale)]


def drop_form(each: FailedJob, locale: Locale) -> dict[str, Any]:
    """What it is, and what won't happen then."""
    what = job_words.what(each.job, each.about, locale)
    blocks: list[Block] = [
        paragraph(locale, Line(f"**{what.template}**", what.pieces), *_standing(each, locale)),
        paragraph(locale, line(locale._("**If you give it up:**")), job_words.without(each.job, each.about, locale)),
        context(locale, line(locale._("The log keeps that you did"))),
    ]
    title, yes, no = locale._("Give up?"), locale._("Give up"), locale._("Not now")
    return modal(title, no, blocks, "work.drop", yes, f"{each.job.id}:{each.job.mark}")


def settled(done: Settled, locale: Locale) -> Line:
    """What a press has done, or who was faster."""
    if done.job:
        what = job_words.what(done.job.job, done.job.about, locale)
        prefix = locale._("🔄 Tried again now: ") if done.deed == "retry" else locale._("➖ Given up: ")
        return Line(prefix + what.template, what.pieces)
    if done.deed is None:
        return line(locale._("🔄 It has moved on meanwhile; nothing was changed."))
    who = Mention(done.by) if done.by.startswith(("U", "W")) else done.by
    if done.deed == "retry":
        return line(locale._("🔄 {who} has had it tried again already."), who=who)
    return line(locale._("➖ {who} has given it up already."), who=who)


def all_tried(count: int, locale: Locale) -> Line:
    """How many are tried again."""
    if not count:
        return line(locale._("✅ Nothing was left to try again."))
    text = locale.ngettext("🔄 {count} is tried again now.", "🔄 {count} are tried again now.", count)
    return line(text)
