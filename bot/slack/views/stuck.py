"""Where people get stuck: route, step, error, how many and for how long; nobody is named."""

from typing import Any

from slack_sdk.models.blocks import Block

from bot.core.guide import LINT
from bot.core.stuck import LOOKED_BACK, StuckPlace
from bot.services.stuck import StuckReport
from bot.texts.guide import GuideTexts
from bot.texts.locale import Locale, error_help

from .desk import framed, turning
from .guide.lint import duration
from .parts import Line, actions, bullets, context, line, name, paragraph, rich_text

LISTED = 10


def places(report: StuckReport, texts: GuideTexts, locale: Locale) -> dict[str, Any]:
    """Those with the most people, and what is counted."""
    blocks: list[Block] = [paragraph(locale, line(locale._("✅ Nobody is stuck in the guide")))]
    if report.places:
        blocks = [rich_text(bullets(locale, *(_place(each, texts, locale) for each in report.places[:LISTED])))]
    basis = locale._(
        "Open guides in which a check said no or nothing moved for a day, of the last {days} days",
        days=LOOKED_BACK.days,
    )
    small = [line(basis), line(locale._("the time is the median since they moved last"))]
    if report.is_most:
        small.append(line(locale._("the {count} that moved last", count=locale.number(report.counted))))
    if (more := len(report.places) - LISTED) > 0:
        small.append(line(locale._("{count} more", count=locale.number(more))))
    blocks += [context(locale, *small), actions(*turning(locale, "stuck.places", 0, 1, 0))]
    return framed(locale._("Where people get stuck"), blocks, locale)


def _place(each: StuckPlace, texts: GuideTexts, locale: Locale) -> Line:
    route, step = _names(each, texts, locale)
    people = locale.ngettext("{count} person", "{count} people", each.count)
    told = {"route": route, "step": step, "people": people}
    time = duration(max(60, int(each.median.total_seconds())), locale)
    if not each.error:
        return line(locale._("**{route}: {step}** · {people} · {time}"), **told, time=time)
    error = locale._("mistakes in what was pasted") if each.error == LINT else error_help(each.error, locale).title
    return line(locale._("**{route}: {step}** · {people} · {time} · {error}"), **told, time=time, error=error)


def _names(each: StuckPlace, texts: GuideTexts, locale: Locale) -> tuple[str, str]:
    """The titles of route and step; of those that the guide has no more their names."""
    route = texts.routes.get(each.route)
    if route is None:
        return name(each.route), name(each.step)
    step = next((step for step in route.steps if step.id == each.step), None)
    title = step.words[locale.language].title if step else each.step
    return name(route.words[locale.language].title), name(title.replace("{agent}", "…"))
