"""A guide's live card: the open step spelt out, a check that said no, and the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement, OverflowMenuElement, RichTextElement

from bot.core.credential import CredentialState, Lifetime
from bot.core.guide import GuideState
from bot.core.people import Evidence
from bot.core.remind import ENDED
from bot.services.guide.check import ASKING
from bot.slack.views.buttons import command
from bot.slack.views.parts import (
    HEADING,
    Card,
    Code,
    Line,
    Moment,
    Piece,
    actions,
    bullets,
    button,
    context,
    escape,
    fallback_text,
    fit,
    header,
    line,
    numbered,
    paragraph,
    rich_text,
    with_name,
)
from bot.slack.views.plan import plan
from bot.slack.views.renewal import look
from bot.texts.guide import Field

from .carried import carried
from .failed import failed
from .row import overflow, row
from .view import ENDS, GuideView, asked, called, doubts, finished, headed, place_of, stacked, title_of


def card(view: GuideView, now: datetime) -> Card:
    """The guide as it stands."""
    if view.guide.state is GuideState.DONE:
        return _done(view, now)
    failure = view.guide.failure
    if failure and failure.step == view.step.id:  # else an operator has taken that step out
        return view.face.failed(view, failure) or failed(view, failure)
    matter = view.snapshot.carried
    if matter and view.own:
        return carried(view, matter, view.own)
    return view.face.card(view) or _open(view, now)


def _open(view: GuideView, now: datetime) -> Card:
    locale = view.locale
    blocks = [*headed(view, title_of(view)), rich_text(*_body(view))]
    if working := _plan(view, now):
        blocks.append(working)
    elif state := _state(view):
        blocks.append(paragraph(locale, *state))
    small = _print(view, now)
    blocks += [*doubts(view), actions(*row(view)), *([stacked(locale, *small)] if small else [])]
    return Card(escape(place_of(view)), blocks)


def _body(view: GuideView) -> list[RichTextElement]:
    elements: list[RichTextElement] = [numbered(view.locale, *(view.line(text) for text in view.words.do))]
    if view.text.fields:
        elements.append(bullets(view.locale, *(_field(view, field) for field in view.route.fields)))
    return elements


def _field(view: GuideView, field: Field) -> Line:
    locale = view.locale
    label = field.label[locale.language]
    template = locale._("{label}: {value}")
    if field.secret:
        return line(template, label=label, value=field.secret[locale.language])
    value = view.guide.value(field.fact)
    shown: Piece = Code(value) if value else locale._("as on your screen")
    return line(template, label=label, value=shown)


def _state(view: GuideView) -> list[Line]:
    """What somebody else has to do, or Coze is asked."""
    if view.snapshot.waits:
        return [line(view.locale._("⏳ Checking with Coze, a moment…"))]
    return view.face.state(view)


def _plan(view: GuideView, now: datetime) -> Block | None:
    """What Coze is asked by several calls, whose answers come all at once; None where it is one."""
    tasks = view.face.tasks(view.locale) if view.guide.value(ASKING) else []
    if not tasks:
        return None
    title = view.locale._("Checking with Coze, a moment…")
    return plan(title, tasks, f"guide.plan:{view.guide.id}:{view.guide.version}", now)


def _print(view: GuideView, now: datetime) -> list[Line]:
    """What it costs, from when the labels are, and whether an admin is at it; nothing where there is none of it."""
    cost = view.face.small_print(view)
    note = [view.line(view.words.note)] if view.words.note else []
    told = [*note, *([cost] if cost else []), *_labels(view, now)]
    pieces = {name: piece for each in told for name, piece in each.pieces.items()}
    together = [Line(" ".join(each.template for each in told), pieces)] if told else []
    return [*together, *asked(view), *finished(view)]


def _labels(view: GuideView, now: datetime) -> list[Line]:
    """From when they are, where that is long ago."""
    if not view.text.is_stale(now):
        return []
    locale, month = view.locale, view.locale.month(view.text.checked_on)
    if view.text.fields:
        return [line(locale._("App labels as of {month}."), month=month)]
    return [line(locale._("Coze's labels as of {month}."), month=month)]


def _done(view: GuideView, now: datetime) -> Card:
    """It is connected: what to say to the glasses, what is left to look after, and what may come next."""
    if view.words.do:
        return _left_over(view, now)
    locale, guide = view.locale, view.guide
    agent = called(guide)
    title = fit(locale._("🎉 Done! Say [find] {name}"), agent, HEADING) if agent else locale._("🎉 Done!")
    route = line("{route}", route=view.route.words[locale.language].title)
    buttons: list[InteractiveElement] = [
        *_rotation(view),
        *_for_others(view),
        button(locale._("Connect another…"), "guide.start"),
        *([command("remind", locale)] if guide.value(ENDS) else []),
        _rarely(view),
    ]
    blocks = [
        header(title),
        paragraph(locale, *_upkeep(view, now)),
        actions(*buttons),
        context(locale, _evidence(view), route),
    ]
    fallback_text = with_name(locale._("🎉 “{name}” is connected. Say to the glasses: [find] {name}"), agent)
    return Card(fallback_text if agent else title, blocks)


def _rotation(view: GuideView) -> list[ButtonElement]:
    """The reminder to change the key that this route has set up."""
    days = view.route.rotates
    if not days or view.guide.value(ENDS):
        return []
    text = view.locale.ngettext("Remind in {count} day", "Remind in {count} days", days)
    return [button(text, "key.watch", view.guide.id)]


def _rarely(view: GuideView) -> OverflowMenuElement:
    """What hardly anybody wants, behind ⋯."""
    return overflow([(view.locale._("Give feedback…"), f"guide.feedback/{view.value}")])


def _for_others(view: GuideView) -> list[ButtonElement]:
    """The route by which other people find the agent too, where it is not the one that was taken."""
    route = view.texts.advised({"test": False, "others": True, "server": False})
    if route.key == view.route.key or not view.route.listed:
        return []
    return [button(view.locale._("Let others find it"), f"guide.route:{route.key}", route.key)]


def _left_over(view: GuideView, now: datetime) -> Card:
    """It is done but for something that is good to do now, as the route's files say; once done, one line of it."""
    locale, words = view.locale, view.words
    if view.step.id in view.guide.facts:
        done = view.line(words.done)
        blocks = [paragraph(locale, done, *_upkeep(view, now)), context(locale, _evidence(view))]
        return Card(fallback_text(locale, done), blocks)
    files = (view.face.button(view, named, words.labels[named]) for named in view.text.buttons)
    blocks = [
        header(title_of(view)),
        paragraph(locale, *(view.line(text) for text in words.do), *_upkeep(view, now)),
        actions(*(each for each in files if each), *_old_token(view, now)),
        context(locale, _evidence(view)),
    ]
    return Card(escape(title_of(view)), blocks)


def _old_token(view: GuideView, now: datetime) -> list[ButtonElement]:
    """The look that shows whether the token that was replaced is dead, as long as it need not be."""
    old = view.snapshot.replaced
    if old is None or old.token.state is not CredentialState.SUPERSEDED or now >= old.token.ends_at:
        return []
    return [look(old.token, view.locale)]


def _evidence(view: GuideView) -> Line:
    locale, route = view.locale, view.snapshot.route
    counted = {step.id for step in route.counted}
    known = [fact for key, fact in view.guide.facts.items() if key in counted]
    steps, proven = len(route.counted), sum(fact.evidence is Evidence.VERIFIED for fact in known)
    if proven:
        return line(
            locale._("✅ All {steps} steps done, {proven} of them verified by Coze"), steps=steps, proven=proven
        )
    return line(locale._("✅ All {steps} steps done, as you confirmed"), steps=steps)


def _upkeep(view: GuideView, now: datetime) -> Sequence[Line]:
    """What has to be looked after from now on."""
    locale, guide = view.locale, view.guide
    if ends := guide.value(ENDS):
        moment = datetime.fromisoformat(ends)
        times = _born(view, moment), moment, now
        planned = view.snapshot.timetable.ladder(*times, locale.tz, view.snapshot.quiet)
        rungs = [rung for rung in planned if rung.key != ENDED and rung.due_at > now]
        if not rungs:
            return [line(locale._("The token expires {ends}."), ends=Moment(moment, day=True))]
        first = Moment(rungs[0].due_at)
        text = locale._("The token expires {ends}; I'll remind you {first} for the first time.")
        return [line(text, ends=Moment(moment, day=True), first=first)]
    return [line(view.route.words[locale.language].closing or locale._("No token to look after."))]


def _born(view: GuideView, ends: datetime) -> datetime:
    born = view.guide.value("born")
    return datetime.fromisoformat(born) if born else ends - timedelta(days=int(Lifetime.MONTH))
