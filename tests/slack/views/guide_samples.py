"""The guide's cards and forms at every step of every route, in every state, with any words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core import join, publish
from bot.core.agent import Address, Draft, Space
from bot.core.guide import LINT, Failure, Guide, GuideState, Learned, Route, Step, current_step
from bot.core.join import JoinState
from bot.core.people import Evidence
from bot.core.report import Kind, Report, ReportState
from bot.services.guide import carrying
from bot.services.guide.check import ASKING
from bot.services.guide.checks import KINDS
from bot.services.guide.checks.published import CLAIMED
from bot.services.guide.snapshot import GuideSnapshot
from bot.services.guide.wiring import routes_of
from bot.slack.views import report as report_views
from bot.slack.views.guide import card, create, forms, scripts, start
from bot.slack.views.guide.steps import STEPS
from bot.slack.views.guide.view import GuideView, Sheet, place_of
from bot.slack.views.join.mine import mine
from bot.slack.views.parts import Card
from bot.slack.views.publish import card as published
from bot.store.audit import AuditEntry as Deed
from bot.texts.guide import guide_texts
from bot.texts.locale import Locale, load
from bot.texts.scripts import SUFFIXES, Purpose

if TYPE_CHECKING:
    from .samples import Words

NOW = datetime(2026, 12, 2, 3, 5, tzinfo=UTC)
TEXTS = guide_texts(KINDS)
ROUTES = routes_of(TEXTS)
SPACE = "https://www.coze.cn/space/7512345678901234567"
ID = "7523456789012345678"


def facts(words: "Words") -> dict[str, Learned]:
    """All that can be known."""
    values = {
        "agent": words.agent,
        "agent_id": ID,
        "space": ID,
        "space_name": words.nick,
        "app_id": "1178531043225",
        "kid": "k" * 43,
        "endpoint": "https://api.coze.cn/api/permission/oauth2/token",
        "ends": (NOW + timedelta(days=20)).isoformat(),
        "born": (NOW - timedelta(days=10)).isoformat(),
    }
    return {name: Learned(value) for name, value in values.items()}


def sight(route: str, step: str, known: dict[str, Learned], **values: Any) -> GuideSnapshot:
    """Somebody at this step; what is before it counts as done."""
    way = ROUTES[route]
    ids = [each.id for each in way.steps]
    done = {name: Learned(evidence=Evidence.VERIFIED) for name in ids[: ids.index(step)]}
    names = ("request", "publication", "report", "looks")
    parts: dict[str, Any] = {name: values.pop(name) for name in names if name in values}
    one = Guide(17, "T0SHARGE", "U0TOM", route, step, GuideState.OPEN, NOW, NOW, {**known, **done})
    more: dict[str, Any] = {"request": None, "publication": None, "report": None, "looks": False, **parts}
    one = replace(one, **values)
    return GuideSnapshot(one, way, **more, waits=_waits(one, way, **more))


def _waits(one: Guide, way: Route, *, looks: bool, **_: Any) -> bool:
    """As the check of the open step has it: the operator looks up what was given."""
    given = {"agent": "agent_id", "published": CLAIMED}.get(current_step(way, one).check, "")
    return ASKING in one.facts or (looks and given in one.facts)


def view(seen: GuideSnapshot, locale: Locale) -> GuideView:
    """As this reader sees it."""
    return GuideView(seen, TEXTS, locale, SPACE, STEPS)


def report(words: "Words", state: ReportState = ReportState.OPEN, kind: Kind = Kind.STUCK) -> Report:
    """Somebody's question."""
    failed = ("E1", "4101", words.log_id)
    asked = Report(3, "T0SHARGE", "U0TOM", 17, kind, "pat", "a1", "2026-11", words.reason[:300], *failed, state, NOW)
    return replace(asked, answer=words.reason[:300], answered_by="U0LIN", answered_at=NOW)


def cards(
    locale: Locale, words: "Words", request: join.Request, publication: publish.Publication
) -> Iterator[tuple[str, Card]]:
    """All messages of the guide."""
    yield from _steps(locale, words)
    yield from _carried(locale, words, request, publication)
    yield from _failures(locale, words, publication)
    yield from _begin(locale, words)
    yield from _reports(locale, words)


def _steps(locale: Locale, words: "Words") -> Iterator[tuple[str, Card]]:
    def draw(seen: GuideSnapshot) -> Card:
        return card.card(view(seen, locale), NOW)

    known = facts(words)
    for route, way in ROUTES.items():
        for step in way.counted:
            where = f"guide {route} {step.id}"
            yield where, draw(sight(route, step.id, known))
            yield f"{where}, nothing known", draw(sight(route, step.id, {}))
            asked = {"report": replace(report(words), step=step.id), "looks": True}
            yield (
                f"{where}, asked",
                draw(sight(route, step.id, {**known, CLAIMED: Learned(NOW.isoformat())}, **asked)),
            )
        yield f"guide {route} done", draw(sight(route, way.steps[-1].id, known, state=GuideState.DONE))
        over = sight(route, way.steps[-1].id, {**known, way.steps[-1].id: Learned()}, state=GuideState.DONE)
        yield f"guide {route} over", draw(over)
        yield f"guide {route} done, unnamed", draw(sight(route, way.steps[-1].id, {}, state=GuideState.DONE))
    for what, at in zip(("", "token", "assertion"), ("s2", "a2", "b5"), strict=True):
        way_by = "jwt" if at == "b5" else "pat"
        yield f"guide asking {what}".strip(), draw(sight(way_by, at, {**known, ASKING: Learned(what)}))
    proven = {
        "account": Learned(words.nick),
        "workspaces": Learned("2"),
        "lists": Learned("yes"),
        "calls": Learned("3"),
    }
    yield "guide token works", draw(sight("pat", "a2", {**known, **proven}))


STANDS = {
    "member": (JoinState.DECLINED, JoinState.EXPIRED, JoinState.REMOVED, JoinState.REVOKED),
    "asked": (JoinState.PENDING, JoinState.INFO_REQUESTED, JoinState.APPROVED),
    "joined": (JoinState.INVITED, JoinState.JOINED),
}
"""How a request may stand while a guide is at the step that carries it, by the step's check."""


def _carried(
    locale: Locale, words: "Words", request: join.Request, publication: publish.Publication
) -> Iterator[tuple[str, Card]]:
    def draw(step: Step, **carried: Any) -> Card:
        what = carrying.REQUEST if "request" in carried else carrying.PUBLICATION
        seen = sight("channel", step.id, {**facts(words), carrying.CARRIES: Learned(what)}, looks=True, **carried)
        one = seen.carried
        own = mine(one, locale) if isinstance(one, join.Request) else None
        own = published(one, locale, NOW) if isinstance(one, publish.Publication) else own
        return card.card(replace(view(seen, locale), own=own), NOW)

    for step in ROUTES["channel"].counted:
        for state in STANDS.get(step.check, ()):
            errors = (None, "E13", "E13-full", "E13-no", join.WHOSE) if state is JoinState.APPROVED else (None,)
            for error in errors:
                asked = replace(request, state=state, error=error)
                yield f"guide {step.check} carries {state} {error or ''}".strip(), draw(step, request=asked)
        if step.check == "asked":
            nobodys = replace(request, state=JoinState.PENDING, coze_uid="")
            yield "guide asked carries nobody's account", draw(step, request=nobodys)
        for stage in publish.PublicationState if step.check == "channel" else ():
            for evidence in (None, Evidence.CONFIRMED):
                one = replace(publication, state=stage, evidence=evidence)
                yield f"guide channel carries {stage} {evidence or ''}".strip(), draw(step, publication=one)


def _failures(locale: Locale, words: "Words", publication: publish.Publication) -> Iterator[tuple[str, Card]]:
    values = {"key": words.nick, "space": words.nick, "code": "4101", "log_id": words.log_id, "reason": words.reason}
    places = (("pat", "a2"), ("pat", "s1"), ("pat", "s2"), ("jwt", "b5"), ("channel", "c5"), ("channel", "s3"))
    for route, step in places:
        for key in (key for key in load() if not key.startswith("E13-")):  # those are of the way into the team
            failure = Failure(step, key, NOW, values, 2)
            seen = sight(route, step, facts(words), failure=failure, report=replace(report(words), step=step))
            yield f"guide {route} {step} {key}", card.card(view(seen, locale), NOW)
    for key in ("E5", "E9"):
        seen = sight("pat", "s1", facts(words), failure=Failure("s1", key, NOW, values))
        yield f"guide pat s1 {key}, looked up", card.card(view(seen, locale), NOW)
    for key, allowed in (("E9-copyable", "yes"), ("E9-proof", "proof"), ("E9-copy", "yes"), ("E15-copied", "yes")):
        failure = Failure("c4", key, NOW, {**values, "copyable": allowed})
        seen = sight("channel", "c4", facts(words), failure=failure)
        yield f"guide channel c4 {key} copy {allowed}", card.card(view(seen, locale), NOW)
    for how_far in ("wanted", "sent", ID):
        seen = sight("channel", "c4", {**facts(words), "copy": Learned(how_far)})
        yield f"guide channel c4 copying {how_far}", card.card(view(seen, locale), NOW)
    by_hand = replace(publication, evidence=Evidence.CONFIRMED, state=publish.PublicationState.REJECTED)
    failure = Failure("c5", "E14", NOW, {"reason": words.reason})
    seen = sight("channel", "c5", facts(words), failure=failure, publication=by_hand)
    yield "guide channel c5 E14 by hand", card.card(view(seen, locale), NOW)
    for key in ("E13-list", "E15", "E1", "E2"):
        for calls in (0, 1):
            failure = Failure("c1", key, NOW, {"uid": ID, "log_id": words.log_id}, calls)
            seen = sight("channel", "c1", facts(words), failure=failure)
            yield f"guide channel c1 {key} {calls}", card.card(view(seen, locale), NOW)
    found = [
        ["exp", "fix", {"reason": "too_long", "seconds": 312_206_400, "unit_slip": True}],
        ["aud", "fix", {"reason": "scheme", "value": words.nick[:40], "expected": "api.coze.cn"}],
        ["iat", "note", {"reason": "ahead", "seconds": 95}],
        ["kid", "ok", {}],
    ]
    seen = sight("jwt", "b5", facts(words), failure=Failure("b5", LINT, NOW, {"findings": found}))
    yield "guide lint", card.card(view(seen, locale), NOW)
    for kid in ("k" * 42, "k" * 42 + "."):
        for failed in (None, Failure("b5", "E11", NOW, values, 1), seen.guide.failure):
            doubtful = sight("jwt", "b5", {**facts(words), "kid": Learned(kid)}, failure=failed)
            where = f"guide doubtful {len(kid)} {failed and failed.error}"
            yield where, card.card(view(doubtful, locale), NOW)


def _begin(locale: Locale, words: "Words") -> Iterator[tuple[str, Card]]:
    one = sight("pat", "s2", facts(words)).guide
    place = place_of(view(sight("pat", "s2", facts(words)), locale))
    for joined in (False, True):
        yield (
            f"guide hello {joined}",
            start.hello(locale, TEXTS, {"en": "Welcome to the lab"} if joined else {}, joined=joined),
        )
        opened = [(one, place), (replace(one, id=18, route="jwt"), place)]
        yield f"guide chooser, two wait {joined}", start.chooser(locale, TEXTS, opened, joined=joined)
    yield "guide resumed", start.resumed(locale, place)
    yield "guide busy", start.busy(locale, one, place)
    yield "guide in the DM", start.in_dm(locale)
    for waiting in ("17:s1", ""):
        yield f"guide pasted {waiting}".strip(), start.pasted(locale, waiting, f"{SPACE}/bot/{ID}")
    sheet = Sheet(locale, one, "17:b5", NOW, host="api.coze.cn")
    purposes: tuple[tuple[Purpose, str], ...] = (("sign", "guide.paste"), ("service", "guide.next"))
    for purpose, then in purposes:
        for language in SUFFIXES:
            shown = scripts.script(sheet, language, purpose, "Paste assertion…", then)
            yield f"guide script {purpose} {language}", shown


def _reports(locale: Locale, words: "Words") -> Iterator[tuple[str, Card]]:
    for kind in Kind:
        for state in ReportState:
            yield f"report {kind} {state}", report_views.card(report(words, state, kind), TEXTS, locale)
    bare = replace(report(words), words="", error=None, code=None, route="gone", step="gone")
    yield "report bare", report_views.card(bare, TEXTS, locale)
    for state in ReportState:
        outside = replace(report(words, state, Kind.QUESTION), guide_id=0, route="", step="", checked_on="")
        yield f"report without a guide {state}", report_views.card(outside, TEXTS, locale)
    for action in ("report.stuck", "report.reply", "report.answer", "report.told", "report.solve"):
        for paragraph in (words.reason[:300], ""):
            deed = Deed(1, NOW, "U0LIN", action, "report:3", {"words": paragraph} if paragraph else {})
            yield f"report line {action} {bool(paragraph)}", report_views.history(deed, locale)
    deed = Deed(1, NOW, "U0LIN", "report.answer", "report:3", {"words": words.reason[:300]})
    for current in (True, False):
        for place in (None, "", "https://sharge.slack.com/archives/D0MEI/p1796180700000100"):
            answered = report(words, ReportState.ANSWERED)
            card = report_views.notice(answered, deed, current=current, place=place, locale=locale)
            yield f"report notice {current} {place}", card


def _creating(locale: Locale, words: "Words") -> Iterator[tuple[str, dict[str, Any]]]:
    """All in which an agent is made; people's names for workspaces have any length and may be the same."""
    yield "guide.spaces", create.token(locale, "17:s1")
    yield "guide.spaces, asking", create.token(locale, "17:s1", asking=True)
    yield "guide.spaces, refused", create.token(locale, "17:s1", note=words.reason)
    space, draft = Space(ID, words.nick), Draft("d" * 20, words.reason[:500], words.reason, "", ("who?", "why?"))
    yield "guide.space", create.spaces(locale, "17:s1", [space, Space("1", words.nick), Space("2", "Museum")])
    for each in (None, space):
        yield f"guide.create {bool(each)}", create.agent(locale, "17:s1", each)
        yield f"guide.create, refused {bool(each)}", create.agent(locale, "17:s1", each, draft, words.reason)
    yield "guide.making", create.making(locale, draft)
    yield "guide.made", create.made(locale, Address(ID, ID, words.agent, words.nick))


def modals(locale: Locale, words: "Words") -> Iterator[tuple[str, dict[str, Any]]]:
    """All forms of the guide."""
    one = sight("pat", "s1", facts(words)).guide
    yield "guide.agent", forms.address(locale, one, "17:s1")
    yield "guide.agent, new", forms.address(locale, replace(one, facts={}), "17:s1")
    yield "guide.agent, pasted", forms.address(locale, one, "17:s1", f"{SPACE}/bot/{ID}")
    yield "guide.ids", forms.ids(locale, one, "17:b4")
    yield "guide.assertion", forms.assertion(locale, "17:b5")
    yield "guide.account", forms.account(locale, "17:c1")
    yield "guide.record", STEPS["token"].open("record", Sheet(locale, one, "17:a2", NOW))
    yield "guide.check", STEPS["token"].open("check", Sheet(locale, one, "17:a2", NOW))
    for prepared in (None, True):
        sheet = Sheet(locale, one, "17:a4", NOW, prepared=prepared)
        yield f"guide.publish {prepared}", STEPS["published"].open("publish", sheet)
    yield "guide.looked up", STEPS["published"].open("check", Sheet(locale, one, "17:a4", NOW))
    yield "guide.again", forms.again(locale, "17:a1")
    yield from _creating(locale, words)
    for kind in Kind:
        yield f"guide.report {kind}", forms.report(locale, kind, "17:a1")
    yield "guide.choose", start.choose(locale)
    for route in (each for each in TEXTS.routes.values() if each.advised):
        yield f"guide.advice {route.key}", start.advice(locale, route)
    yield "report.answer", report_views.answer_form(report(words), TEXTS, locale)
    yield "report.reply", report_views.reply_form(report(words), locale)
