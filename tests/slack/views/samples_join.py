"""More views of joining: what else stands in the admin channel, the list, Home, leaving, and the forms."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from bot.core import join
from bot.core.account import Dispute, DisputeState, Grade
from bot.core.agents import AgentFacts
from bot.core.guide import CurrentStep, Failure, Guide, GuideState, Learned
from bot.core.join import HandedOn, Request
from bot.core.people import Evidence, Person, Standing
from bot.core.publish import PublicationState
from bot.core.refusal import Attempts, Reason, Refusal
from bot.core.remind import USUAL, Quiet
from bot.playground.slack.validate import Surface
from bot.services.admins import Admin
from bot.services.overview import Board, Trouble
from bot.slack.views import account, agents, home, preferences
from bot.slack.views.chat import leads_to_chat
from bot.slack.views.guide.start import at_home
from bot.slack.views.join import admin, alone, approving, drift, handing, invited, leaving, queue, taking_back
from bot.slack.views.join import forms as views
from bot.slack.views.join import mine as join_mine
from bot.slack.views.join.thread import _DEEDS, changed_notice, history, nudge_notice, waiting_notice
from bot.slack.views.parts import Card
from bot.slack.views.refusal import notice
from bot.slack.views.status import Going
from bot.store.audit import AuditEntry
from bot.texts.locale import Locale

from . import samples_owner, samples_review
from .guide_samples import TEXTS
from .samples import NOW, SPACE, Words, publication, request, token

PLACE = "https://sharge.slack.com/archives/C0ADMINS/p1796180700000100"
LATE = NOW + timedelta(days=3)
STATE = join.JoinState
OURS = {"join.reassign": "U0LIN", "join.refused": "E13-full", "join.stays": "E13-own", "join.fix": "3811223344556677"}
"""What deeds say that is not in anybody's own words."""

CHAT = "slack://app?team=T1&id=A1&tab=messages"
MANY = [f"U0{number}" for number in range(30)]


def all_of_them(locale: Locale, words: Words) -> Iterator[tuple[str, Surface, dict[str, Any]]]:
    """Each with its surface, as Slack gets it."""
    for many in (1, 9):
        yield f"refused {many}", "message", notice("U0TOM", [*refusals(many)], locale).payload()
    for name, card in cards(locale, words):
        yield name, "message", card.payload()
    for name, view in forms(locale, words):
        yield name, "modal", view
    for name, view in homes(locale, words):
        yield name, "home", view
    for name, quiet in (("usual", USUAL), ("own", Quiet(time(23), time(12))), ("none", None)):
        yield f"preferences {name}", "modal", preferences.form(None, quiet, NOW, locale)
    yield "agents, all", "modal", agents.all_of_them(known(words), locale)
    yield "agents, none", "modal", agents.all_of_them([], locale)
    yield from samples_owner.all_of_them(locale)


def refusals(count: int) -> Iterator[Refusal]:
    """For each reason, on a row and on none."""
    for number, reason in zip(range(count), Reason, strict=False):
        subject = f"join:{number}" if number % 2 else ""
        yield Refusal("U0TOM", NOW, "press:join.approve", reason, subject, 20 - number, NOW)


def every_request(words: Words) -> Iterator[tuple[str, Request]]:
    """States that come after or beside the usual ones."""
    asked: dict[str, Any] = {"question": words.reason, "asked_by": "U0LIN", "asked_at": NOW}
    yield "asked", request(words, STATE.INFO_REQUESTED, decided_by=None, decided_at=None, **asked)
    yield "answered", request(words, answer=words.purpose, assignee="U0LIN", is_member=True, **asked)
    yield "verified", request(words, grade=Grade.PROVEN, is_member=False, nudged_at=NOW)
    yield "verified, a member", request(words, grade=Grade.PROVEN, is_member=True)
    yield "asked to verify", request(words, proof_asked_at=NOW)
    changed: dict[str, Any] = {"approved_uid": "1", "decided_by": "U0LIN", "decided_at": NOW, "reopened_at": NOW}
    for grade in (Grade.TYPED, Grade.PROVEN):
        yield f"changed {grade}", request(words, grade=grade, invited_at=NOW, version=3, **changed)
    for state in (STATE.PENDING, STATE.INFO_REQUESTED):
        yield f"without an account {state}", request(words, state, **asked | changed | {"coze_uid": ""})
    for state in approving.SAYS:
        yield f"{state}, with a note", request(words, state, note=words.reason[:300], joined_at=NOW)
    for key in ("E13-full", "E13-org", "E13-no", "E13-who"):
        yield f"failed {key}", request(words, STATE.APPROVED, error=key, log_id=words.log_id)
    for state in (STATE.EXPIRED, STATE.CLOSED):
        yield state, request(words, state, ended_at=NOW, invited_at=NOW, decided_by=None, decided_at=None)
    proven = Evidence.VERIFIED
    revoked: dict[str, Any] = {"revoked_by": "U0LIN", "reason": words.reason[:300], "ended_at": NOW}
    yield "revoked", request(words, STATE.REVOKED, watch_until=LATE, **revoked)
    yield "revoked, asked", request(words, STATE.REVOKED, invited_at=NOW, checked_at=NOW, watch_until=LATE, **revoked)
    yield "revoked, over", request(words, STATE.REVOKED, invited_at=NOW, checked_at=NOW, **revoked)
    yield "revoked, failed", request(words, STATE.REVOKED, error="E15", watch_until=LATE, **revoked)
    yield "revoked by hand", request(words, STATE.REVOKED, by_hand=True, **revoked)
    yield "arrived", request(words, STATE.JOINED, joined_at=NOW, joined_evidence=Evidence.VERIFIED, **revoked)
    joined: dict[str, Any] = {"joined_at": NOW, "joined_evidence": proven, "removed_by": "U0LIN"}
    for grade in Grade:
        yield f"joined {grade}", request(words, STATE.JOINED, grade=grade, joined_at=NOW, joined_evidence=proven)
    yield "being removed", request(words, STATE.JOINED, **joined)
    yield "to be removed by hand", request(words, STATE.JOINED, by_hand=True, **joined)
    yield "not removed", request(words, STATE.JOINED, error="E13-own", log_id=words.log_id, **joined)
    for evidence in Evidence:
        yield f"removed {evidence}", request(words, STATE.REMOVED, ended_at=NOW, removed_evidence=evidence)


def cards(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """Messages of all kinds."""
    before = [request(words, STATE.DECLINED, reason=words.reason, ended_at=NOW) for _ in range(5)]
    agreed = NOW - timedelta(hours=1)
    only = request(words, alone_at=NOW)
    for deputies in ((), ("U0TOM",), ("U0TOM", "U0WANG")):
        for themself in (True, False):
            instead, name = join.Instead(deputies, themself), f"the only admin, {len(deputies)} {themself}"
            yield name, join_mine.mine(only, locale, instead=instead)
            yield f"{name}, for others", admin.card(only, locale, instead=instead)
    own = request(words, STATE.APPROVED, decided_by="U0TOM", note=words.reason[:300])
    yield "let themselves in", admin.card(own, locale)
    yield "let themselves in, told", alone.own_notice(own, locale)
    for name, each in every_request(words):
        yield f"admins {name}", admin.card(each, locale, SPACE, before, agreed, LATE)
        handed = HandedOn("U0LIN", words.reason[: join.WHY_LENGTH])
        yield f"handed on {name}", admin.card(each, locale, SPACE, handed_on=handed, is_theirs=True)
        yield f"mine {name}", join_mine.mine(each, locale, SPACE, may_nudge=True, agreed=agreed)
        yield f"notice {name}", join_mine.notice(each, locale)
        for stage in ("w1", "w2", "backup", "alone"):
            yield f"{stage} {name}", waiting_notice(each, locale, stage, LATE, agreed, PLACE)
        yield f"arrived {name}", taking_back.arrived_notice(each, locale, PLACE)
        yield f"nudge {name}", nudge_notice(each, locale, PLACE)
        yield f"changed {name}", changed_notice(each, locale, "changed-3", PLACE)
        for action in (*_DEEDS, "join.something"):
            for actor in ("U0LIN", None):
                paragraph = OURS.get(action, words.reason)
                deed = AuditEntry(1, NOW, actor, action, "join:41", {"words": paragraph})
                yield f"history {action} {name} {actor}", history(deed, each, locale)
    yield "not yet", invited.not_yet(41, locale)
    yield from disputes(locale, words)
    yield from lists(locale, words)


def admins(words: Words, many: int) -> list[Admin]:
    """So many who decide."""
    about = words.name, "zh-CN", "Asia/Shanghai", Standing.MEMBER
    found = (Person("T0SHARGE", f"U0ADMIN{each}", *about, admin=True, seen_at=NOW) for each in range(many))
    return [Admin(person, number % 3) for number, person in enumerate(found)]


def disputes(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """One account that two people have shown."""
    for state in DisputeState:
        each = Dispute(5, "T0SHARGE", words.uid, words.nick, "U0TOM", "U0MEI", state, NOW, "U0LIN", NOW)
        yield f"dispute {state}", account.card(each, locale, (words.name, words.name))
        for user_id in (each.holder, each.claimant):
            for decided in (False, True):
                yield f"dispute {state} {user_id} {decided}", account.party(each, user_id, locale, decided=decided)


def lists(locale: Locale, words: Words) -> Iterator[tuple[str, Card]]:
    """The queue, the team check, and what somebody holds who has gone."""
    found = [each for _, each in every_request(words)][:10]
    for key in queue.FILTERS:
        yield f"queue {key}", queue.page(locale, found, 5000, 20, 10, key, LATE, [41])
        yield f"queue {key}, empty", queue.page(locale, [], 0, 0, 10, key, LATE)
    yield "drift", drift.drift(locale, MANY, [words.nick] * 30, MANY)
    yield "drift, one", drift.drift(locale, ["U0TOM"], [], [])
    agents, tokens = [publication(words) for _ in range(15)], [token(words) for _ in range(15)]
    for name, each in every_request(words):
        yield f"left {name}", leaving.left(locale, "U0TOM", each, tokens, agents)
    yield "left, joined", leaving.left(locale, "U0TOM", request(words, STATE.JOINED), tokens[:1], agents[:1])
    yield "left nothing", leaving.left(locale, "U0TOM", None, [], [])


def forms(locale: Locale, words: Words) -> Iterator[tuple[str, dict[str, Any]]]:
    """What people and admins fill in."""
    filled = {"coze_uid": words.uid, "nick": words.nick, "purpose": words.purpose, "email": words.email}
    yield "edit", views.form(locale, filled, request_id="41", verified=True, mark="~1")
    yield "read from a token, failed", views.form(locale, filled, note=words.reason[:300])
    yield "token", views.token_form(locale, "{}")
    yield "question", views.question_form(request(words), locale)
    yield "answer", views.answer_form(request(words, question=words.reason), locale)
    for grade in Grade:
        yield f"approve with a note {grade}", approving.note_form(request(words, grade=grade), locale)
    yield "the only admin, asking", alone.asking(locale)
    yield "the only admin no more", alone.not_alone(locale)
    for grade in Grade:
        yield f"the only admin's own approval {grade}", alone.own_form(request(words, grade=grade), locale)
    for by_hand in (True, False):
        taken = request(words, STATE.INVITED, by_hand=by_hand)
        yield f"take an approval back, by hand {by_hand}", taking_back.undo_form(taken, locale)
    for many in (0, 1, 10, 100):
        for is_sure in (True, False):
            form = handing.assign_form(
                request(words, assignee="U0ADMIN1"), locale, admins(words, many), is_sure=is_sure
            )
            yield f"assign {many} {is_sure}", form
    yield "fix, to a proven account", views.fix_form(request(words), locale, words.uid)
    yield "remove", views.remove_form(request(words), locale, words.nick, [words.agent] * 30)
    yield "remove, nobody has asked yet", views.remove_form(request(words), locale)
    yield "remove, no such member", views.remove_form(request(words), locale, "")
    yield "remove, Coze is silent", views.remove_form(request(words), locale, unknown=True)
    yield "prove an account", account.form(locale)
    yield "prove an account again", account.form(locale, words.reason[:300])
    yield "asking whose it is", account.asking(locale)
    yield "it is theirs", account.proven(locale, words.nick, words.uid)
    yield "another has shown it", account.disputed(locale)


def known(words: Words) -> list[AgentFacts]:
    """Agents of all routes, with all that can be known of one."""
    place = ("7523456789012345678", "7530498800217600004", words.agent, NOW)
    open_, done = guide(words, state=GuideState.OPEN), guide(words, state=GuideState.DONE)
    return [
        *(AgentFacts(*place, replace(publication(words), state=state)) for state in PublicationState),
        AgentFacts(*place, guide=open_),
        AgentFacts(*place, guide=replace(open_, failure=Failure("s1", "E5", NOW)), api=Evidence.VERIFIED),
        *(AgentFacts(*place, None, done, how, how) for how in Evidence),
    ]


def guide(words: Words, state: GuideState) -> Guide:
    """One about an agent."""
    facts = {"agent": Learned(words.agent), "agent_id": Learned("7523456789012345678")}
    return Guide(7, "T1", "U0MEI", "pat", "s2", state, NOW, NOW, facts)


def homes(locale: Locale, words: Words) -> Iterator[tuple[str, dict[str, Any]]]:
    """Home of members and admins, with nothing and with everything."""
    tokens, many = [token(words, days) for days in range(-1, 20)], [publication(words)] * 20
    attempts = [Attempts("U0TOM", 23)]
    nothing = home.Own(NOW, words.name)
    yield "home, new", home.member(locale, nothing)
    yield "home, new, routes", leads_to_chat(home.member(locale, nothing, at_home(locale, TEXTS)), CHAT)
    done = CurrentStep(7, "pat", "s4", GuideState.DONE, words.agent)
    yield "home, finished", home.member(locale, replace(nothing, finished=done, quiet=None))
    going = Going(7, words.agent, words.agent)
    one = token(words, 1)
    ending = replace(nothing, credentials=[one], going=going, used_by={one.id: [words.agent] * 9})
    yield "home, token and guide", leads_to_chat(home.member(locale, ending), CHAT)
    yield "home, nothing waits", home.admin(locale, nothing, Board([], [], 0, []), Trouble())
    yield "home, outsider", home.outsider(locale, words.name)
    waiting = [each for _, each in every_request(words)]
    for name, each in every_request(words):
        own = home.Own(NOW, words.name, each, tokens, many, known(words))
        yield f"home {name}", home.member(locale, replace(own, may_nudge=True, agreed=NOW))
        for held, off in ((0, timedelta(seconds=90)), (3, timedelta(days=-1))):
            board, trouble = Board(waiting, [], 5000, tokens), Trouble(2, held, 3, attempts)
            yield (
                f"home of admins {name} {held}",
                home.admin(
                    locale,
                    own,
                    board,
                    trouble,
                    [41],
                    off,
                    reviews=samples_review.at_home(words.agent, words.reason, locale),
                ),
            )
