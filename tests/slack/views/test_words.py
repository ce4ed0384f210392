"""What the cards say in the moments that matter."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.account import Grade
from bot.core.credential import CredentialState
from bot.core.join import WHOSE, JoinState
from bot.core.people import Evidence
from bot.core.publish import PublicationState
from bot.core.remind import Rung
from bot.slack.views import credential, publish, report
from bot.slack.views.guide import token_check
from bot.slack.views.join import admin as admin_views
from bot.slack.views.join import mine as mine_views
from bot.slack.views.parts import Card
from bot.slack.views.status import agent_state, status
from bot.store.audit import AuditEntry
from bot.texts.locale import Locale

from . import guide_samples
from .samples import MEI, NOW, ORDINARY, SPACE, TOM, publication, request, token


def words(card: Card) -> str:
    """All that a card shows, without its form."""
    shown = json.dumps(card.payload(), ensure_ascii=False)
    return " ".join(re.findall(r'"(?:text|fallback|title)": "([^"]*)"', shown))


def actions(card: Card) -> list[str]:
    """What can be pressed, in order."""
    rows = [block["elements"] for block in card.payload()["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


def kinds(card: Card) -> list[str]:
    return [block["type"] for block in card.payload()["blocks"]]


@pytest.mark.parametrize(
    ("state", "more", "admin", "person"),
    [
        (
            JoinState.PENDING,
            {},
            ["join.ask_proof", "join.approve", "join.decline", "join.more"],
            ["guide.try", "join.edit", "join.withdraw"],
        ),
        (
            JoinState.PENDING,
            {"grade": Grade.PROVEN},
            ["join.approve", "join.question", "join.decline", "join.more"],
            ["guide.try", "join.edit", "join.withdraw"],
        ),
        (
            JoinState.PENDING,
            {"coze_uid": ""},
            ["join.question", "join.decline", "join.more"],
            ["join.edit", "account.prove", "join.withdraw"],
        ),
        (JoinState.APPROVED, {}, ["join.more"], []),
        (JoinState.APPROVED, {"by_hand": True}, ["open.space", "join.invited", "join.more"], []),
        (JoinState.APPROVED, {"error": "E13"}, ["join.resend", "join.more"], ["account.prove", "join.fix"]),
        (JoinState.APPROVED, {"error": "E15"}, ["join.resend", "join.more"], []),
        (JoinState.APPROVED, {"error": WHOSE}, ["join.more"], ["account.prove", "join.fix"]),
        (JoinState.INVITED, {}, ["join.resend", "join.more"], ["open.coze", "join.accepted", "join.stuck"]),
        (JoinState.INVITED, {"by_hand": True}, ["join.more"], ["open.coze", "join.accepted", "join.stuck"]),
        (JoinState.JOINED, {"grade": Grade.PROVEN}, [], ["open.space", "command.publish"]),
        (JoinState.JOINED, {"by_hand": True}, [], ["open.space", "command.publish"]),
        (JoinState.JOINED, {"grade": Grade.INVITED}, [], ["open.space", "account.prove"]),
        (JoinState.DECLINED, {}, [], ["join.again", "guide.try", "report.ask"]),
        (JoinState.WITHDRAWN, {}, [], []),
        (JoinState.REVOKED, {}, [], ["join.again"]),
    ],
)
def test_each_state_of_a_request_offers_what_can_be_done(
    state: JoinState, more: dict[str, Any], admin: list[str], person: list[str]
) -> None:
    each = request(ORDINARY, state, **more)
    assert actions(admin_views.card(each, MEI, SPACE)) == admin
    assert actions(mine_views.mine(each, MEI, SPACE)) == person


def row(card: Card) -> list[Any]:
    """The card's buttons."""
    return next(block["elements"] for block in card.payload()["blocks"] if block["type"] == "actions")


def test_one_name_is_said_once() -> None:
    """Who is called the same on Coze is not named twice; another name there is."""
    alike = request(ORDINARY, JoinState.INVITED, name="小美", nick=" 小美 ")
    for locale in (MEI, TOM):
        assert words(admin_views.card(alike, locale)).count("小美") == len(("the text", "the header"))
    assert "tom_ny" in words(admin_views.card(request(ORDINARY, JoinState.INVITED), MEI))


def test_approving_asks_once_more_with_the_name() -> None:
    approve, *_ = row(admin_views.card(request(ORDINARY, grade=Grade.PROVEN), TOM))
    assert approve["value"] == "41:1"  # which version they saw: what has changed since is not approved
    sure = "I'll invite the Coze account “tom_ny” (3811223344556677), verified to be theirs, to ShargeAI right away."
    assert approve["confirm"]["text"]["text"] == sure


def test_approving_an_account_that_was_typed_warns() -> None:
    """To ask for a proof comes first, and approving is dangerous."""
    ask, approve, *_ = row(admin_views.card(request(ORDINARY), TOM))
    assert (ask["style"], "style" in approve) == ("primary", False)
    assert approve["confirm"]["style"] == "danger"
    assert "somebody else joins" in approve["confirm"]["text"]["text"]


@pytest.mark.parametrize(
    ("grade", "said"),
    [(Grade.TYPED, "not verified"), (Grade.INVITED, "accepted our invitation"), (Grade.PROVEN, "Account verified")],
)
def test_the_grade_of_an_account_stands_in_words(grade: Grade, said: str) -> None:
    assert said in words(admin_views.card(request(ORDINARY, grade=grade), TOM))


def test_another_account_than_the_approved_one_says_so() -> None:
    changed = request(ORDINARY, approved_uid="9999999999", reopened_at=NOW, decided_by="U0LIN")
    card = words(admin_views.card(changed, TOM))
    assert "account changed, approve again" in card
    assert "9999999999" in card
    assert "approves it again" in words(mine_views.mine(changed, TOM))


def test_verified_and_confirmed_are_told_apart() -> None:
    verified = request(ORDINARY, JoinState.JOINED, joined_evidence=Evidence.VERIFIED)
    confirmed = replace(verified, joined_evidence=Evidence.CONFIRMED)
    assert "ShargeAI · verified" in words(admin_views.card(verified, TOM))
    assert "ShargeAI · verified" not in words(admin_views.card(confirmed, TOM))
    assert "confirmed" in words(mine_views.mine(confirmed, TOM))


@pytest.mark.parametrize("reader", [MEI, TOM], ids=lambda reader: reader.language)
def test_what_coze_lists_is_not_called_a_review_that_was_passed(reader: Locale) -> None:
    """Whether Coze lists a version that is still reviewed nobody knows; a person's word is theirs."""
    listed = publication(ORDINARY, PublicationState.ONLINE, evidence=Evidence.VERIFIED, settled_at=NOW)
    told = replace(listed, evidence=Evidence.CONFIRMED)
    says = reader._(" · listed by Coze").strip(" ·")
    assert says in words(publish.card(listed, reader, NOW))
    assert says in agent_state(listed, reader)
    assert says not in words(publish.card(told, reader, NOW))


def test_a_typed_id_is_not_called_verified() -> None:
    assert "not verified" in words(admin_views.card(request(ORDINARY), TOM))


def test_an_old_decision_is_one_line() -> None:
    joined = request(ORDINARY, JoinState.JOINED, joined_evidence=Evidence.VERIFIED)
    assert kinds(mine_views.notice(joined, MEI)) == ["rich_text"]


def test_a_wrong_id_asks_for_the_right_one() -> None:
    assert actions(mine_views.mine(request(ORDINARY, JoinState.APPROVED, error="E13"), MEI))[1] == "join.fix"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (7.0, "“glasses-trial” expires in 7 days"),
        (1.0, "“glasses-trial” expires in 1 day"),
        (0.15, "“glasses-trial” expires in 4 hours"),
        (0.03, "“glasses-trial” expires in 1 hour"),
        (-0.1, "“glasses-trial” has expired"),
    ],
)
def test_a_reminder_says_what_is_left_now_whatever_its_rung(days: float, text: str) -> None:
    assert credential.notice(token(ORDINARY, days), "t7", TOM, NOW).text == text


def test_days_are_those_of_the_reader() -> None:
    """Half a day on is another day in New York (22:05) and the same one in Shanghai (11:05)."""
    half = token(ORDINARY, 0.5)
    assert credential.notice(half, "t0", TOM, NOW).text == "“glasses-trial” expires in 1 day"
    assert credential.notice(half, "t0", MEI, NOW).text == "「glasses-trial」今天到期"


@pytest.mark.parametrize(("days", "offered"), [(7.0, True), (1.5, True), (0.3, False), (0.15, False), (-1.0, False)])
def test_tomorrow_is_offered_while_there_is_one(days: float, *, offered: bool) -> None:
    row = actions(credential.notice(token(ORDINARY, days), "t3", MEI, NOW))
    assert ("remind.snooze" in row) == offered
    assert row[-1] == "remind.more"


@pytest.mark.parametrize("state", [CredentialState.SUPERSEDED, CredentialState.FORGOTTEN])
def test_a_closed_token_is_one_line_everywhere(state: CredentialState) -> None:
    closed = token(ORDINARY, 3, state)
    assert kinds(credential.notice(closed, "t3", MEI, NOW)) == ["rich_text"]
    assert kinds(credential.recorded(closed, [], MEI, NOW)) == ["rich_text"]


def test_a_passed_reminder_has_no_buttons() -> None:
    assert actions(credential.notice(token(ORDINARY), "t7", MEI, NOW, current=False)) == []


def test_a_snoozed_reminder_can_be_renewed_and_not_snoozed_again() -> None:
    snoozed = credential.notice(token(ORDINARY), "t7", MEI, NOW, quiet_until=NOW + timedelta(days=1))
    assert actions(snoozed) == ["remind.renew", "credential.record", "remind.more"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (PublicationState.CONFIRMED, []),
        (PublicationState.SUBMITTED, []),
        (PublicationState.REVIEWING, ["open.agent", "publish.check", "publish.more"]),
        (PublicationState.ONLINE, ["guide.glasses", "open.agent", "publish.more"]),
        (PublicationState.REJECTED, ["open.agent", "command.publish", "publish.more"]),
        (PublicationState.UNKNOWN, ["open.agent", "publish.settle_done", "command.publish", "publish.more"]),
    ],
)
def test_each_state_of_a_publication_offers_what_can_be_done(state: PublicationState, expected: list[str]) -> None:
    assert actions(publish.card(publication(ORDINARY, state), MEI, NOW)) == expected


def test_nothing_leads_back_from_a_first_step() -> None:
    """Neither from the step itself nor from its failed check; from the second one the way is there."""
    cards = list(guide_samples.cards(TOM, ORDINARY, request(ORDINARY), publication(ORDINARY)))
    for number, expected in (("1", False), ("2", True)):
        at = [card for _, card in cards if f"Step {number} of" in words(card) and "guide.more" in actions(card)]
        assert at
        assert {"Back to the step before" in words(card) for card in at} == {expected}


def test_a_plan_is_new_each_time_it_is_drawn() -> None:
    def block_id(now: datetime) -> str:
        card = publish.card(publication(ORDINARY, PublicationState.SUBMITTED), MEI, now)
        return str(card.payload()["blocks"][0]["block_id"])

    assert block_id(NOW) != block_id(NOW + timedelta(seconds=1))
    assert block_id(NOW).startswith("publish.plan:8:")


def test_only_what_coze_said_is_called_verified() -> None:
    assert "verified" not in words(publish.card(publication(ORDINARY), TOM, NOW))
    assert "verified" in words(publish.card(publication(ORDINARY, version="1764644521000"), TOM, NOW))


def test_the_operators_matters_are_not_put_on_a_member() -> None:
    failed = publication(ORDINARY, PublicationState.FAILED, error="E1")
    assert "open.tokens" not in actions(publish.card(failed, TOM, NOW))
    assert "tell an admin" in words(publish.card(failed, TOM, NOW))


def test_a_draft_is_nobodys_next_step() -> None:
    joined = request(ORDINARY, JoinState.JOINED)
    card = status(TOM, NOW, joined, [], [publication(ORDINARY, PublicationState.DRAFT)])
    assert "R&D" not in words(card)


@pytest.mark.parametrize(
    ("error", "next_"),
    [(None, "you are approved"), ("E1", "the admins see to your invitation")],
)
def test_nobody_waits_for_a_decision_that_was_made(error: str | None, next_: str) -> None:
    approved = request(ORDINARY, JoinState.APPROVED, error=error)
    assert next_ in status(TOM, NOW, approved, [], []).text


def test_the_next_step_with_a_token_that_ends_leads_through_it() -> None:
    assert actions(status(MEI, NOW, None, [token(ORDINARY, 2)], []))[0] == "remind.renew"


def test_each_day_with_reminders_is_named_once() -> None:
    """The last morning and the end fall on one day."""
    each = token(ORDINARY, 0.5)
    rungs = [Rung("t0", NOW + timedelta(hours=1)), Rung("ended", NOW + timedelta(hours=12))]
    assert words(credential.recorded(each, rungs, MEI, NOW)).count("12月2日>") == 1
    rungs.append(Rung("later", NOW + timedelta(days=2)))
    assert "12月2日>、<!date" in words(credential.recorded(each, rungs, MEI, NOW))


def test_a_notice_tells_the_decision_itself() -> None:
    decided = mine_views.notice(request(ORDINARY, JoinState.APPROVED), MEI)
    assert decided.text == "✅ 团队申请已批准 · 12月2日 08:05（上海）"


def test_news_of_a_question_says_who_and_what() -> None:
    deed = AuditEntry(1, NOW, "U0LIN", "report.solve", "report:3", {"words": "a <b>"})
    assert report.history(deed, MEI).text == "<@U0LIN>：解决了，谢谢\na &lt;b&gt;"
    assert report.history(replace(deed, detail={}), MEI).text == "<@U0LIN>：解决了，谢谢"


def test_the_header_of_a_failed_check_has_no_full_stop() -> None:
    for locale in (MEI, TOM):
        assert not token_check.failed("E4", locale).text.endswith((".", "。"))


def test_a_link_says_where_it_leads() -> None:
    """A label that ends in … promises a form."""
    for name, card in guide_samples.cards(MEI, ORDINARY, request(ORDINARY), publication(ORDINARY)):
        for row in card.payload()["blocks"]:
            for element in row.get("elements", []) if row["type"] == "actions" else []:
                assert not ("url" in element and element["text"]["text"].endswith("…")), name
