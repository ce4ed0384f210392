"""What people typed comes out of a form as the rules want it, and each objection has its own sentence."""

import ast
import inspect
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from bot.clock import utc_now
from bot.core import agent as agent_rules
from bot.core import credential as credential_rules
from bot.core import join as join_rules
from bot.core import report as report_rules
from bot.core.agent import Draft, Space, read_draft, read_space
from bot.core.agent_list import AgentList
from bot.core.errors import NotFound, Problem
from bot.slack.fields import EMPTY, Fields
from bot.slack.router import Place, Submission
from bot.slack.views import credential_form as credential
from bot.slack.views import publish_forms, publish_pick
from bot.slack.views.guide import create, token_check
from bot.slack.views.join import forms as join
from bot.slack.views.problems import sentence
from bot.slack.wire import parse
from bot.texts.locale import Locale

from .samples import MEI, NOW, ORDINARY, TOM, publication, request, token
from .samples_publish import READY


def state(view: dict[str, Any], **typed: Any) -> Fields:
    """What a form brings when Slack sends it: what is typed, else what the form shows, else null."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            key = {
                "datepicker": "selected_date",
                "datetimepicker": "selected_date_time",
                "radio_buttons": "selected_option",
                "static_select": "selected_option",
                "external_select": "selected_option",
            }.get(element["type"], "value")
            shown = next((element[name] for name in element if name.startswith("initial_")), None)
            given = typed.get(block["block_id"].replace(".", "_"), shown)
            values[block["block_id"]] = {"value": {"type": element["type"], key: given}}
    sent = {"id": "V1", "type": "modal", "callback_id": "x.y", "state": {"values": values}, "blocks": view["blocks"]}
    blocks = [{"block_id": str(number), **block} for number, block in enumerate(view["blocks"])]
    user = {"type": "view_submission", "user": {"id": "U0MEI"}, "trigger_id": "1.2"}
    submission = parse({**user, "view": {**sent, "blocks": blocks}})
    assert isinstance(submission, Submission)
    return submission.fields


def test_a_request_comes_out_as_the_rules_want_it() -> None:
    typed = {"join_uid": " 3811223344556677 ", "join_nick": "mei", "join_purpose": "a museum"}
    answers = join_rules.read(**join.read(state(join.form(MEI), **typed)))
    assert answers == join_rules.Answers("3811223344556677", "mei", "a museum", None)


def test_who_asks_again_finds_what_they_wrote() -> None:
    typed = {"join_uid": "3811223344556677", "join_nick": "mei", "join_purpose": "a museum", "join_email": "m@x.cn"}
    answers = join.read(state(join.form(MEI), **typed))
    assert join.read(state(join.form(MEI, answers))) == answers


def test_only_the_id_is_corrected() -> None:
    view = join.fix_form(request(ORDINARY), MEI)
    assert view["private_metadata"] == "41"
    assert join.read(state(view)) == {"coze_uid": ORDINARY.uid}


def test_a_reason_is_trimmed() -> None:
    view = join.decline_form(request(ORDINARY), MEI)
    assert view["private_metadata"] == "41"
    assert join.read_reason(state(view, join_reason=" Which museum? ")) == "Which museum?"


def test_a_token_as_the_form_stands_is_good_for_30_days() -> None:
    form, later = credential.form(TOM, NOW), NOW + timedelta(hours=2)
    filled = credential.read(state(form, credential_name="trial"), form["private_metadata"], later)
    record = credential_rules.read(**filled, tz=TOM.tz, now=NOW)
    assert record.created_at == NOW.replace(microsecond=0)
    assert (record.ends_at - record.created_at).days == 30
    assert record.last4 is None


def test_a_chosen_date_ends_that_day() -> None:
    typed = {
        "credential_name": "trial",
        "credential_lifetime": {"value": "date"},
        "credential_until": "2026-12-11",
        "credential_last4": "a1b2",
    }
    filled = credential.read(state(credential.form(MEI, NOW, dated=True), **typed), "", NOW)
    record = credential_rules.read(**filled, tz=MEI.tz, now=NOW)
    assert record.ends_at == datetime(2026, 12, 11, 15, 59, 59, tzinfo=UTC)
    assert record.last4 == "a1b2"


def test_a_renewal_names_what_it_replaces() -> None:
    opened_at = NOW.replace(microsecond=0)
    later = NOW + timedelta(hours=2)
    assert credential.kept(credential.form(MEI, NOW)["private_metadata"], later) == (None, opened_at)
    for guide in ("", "17:a1"):
        view = credential.form(MEI, NOW, token(ORDINARY), guide=guide)
        assert credential.kept(view["private_metadata"], later) == (17, opened_at)
        assert credential.guide_of(Place(view["callback_id"], view["private_metadata"])) == guide
        assert credential.read(state(view), view["private_metadata"], later)["name"] == ORDINARY.token


def test_when_a_form_was_opened_is_believed_up_to_now() -> None:
    for wrong in ("", "17", "17@", "17@x", "17@12345678901", f"@{int(NOW.timestamp()) + 9999}"):
        assert credential.read(EMPTY, wrong, NOW)["created_at"] <= NOW
    for wrong in ("x@1", "-1@1", "1:a@1"):
        with pytest.raises(NotFound):
            credential.kept(wrong, NOW)
    for callback_id, metadata in (("join.ask", "@1"), ("guide.record", "@1"), ("credential.record", "17:a1 @1")):
        with pytest.raises(NotFound):
            credential.guide_of(Place(callback_id, metadata))


def test_a_check_is_read_trimmed() -> None:
    filled = token_check.read(state(token_check.form(MEI), check_text=" pat_x\n", check_kid=None))
    assert filled == {"text": "pat_x", "app_id": "", "kid": ""}


def test_the_picked_agent_comes_with_its_name() -> None:
    list_ = publish_pick.Renewing(AgentList(2, utc_now()), may=True, is_few=False, is_under_way=False)
    view = publish_pick.pick(publish_pick.Wanted("R&D\nlab", only_look=True), list_, MEI)
    picked = {"value": "7523456789012345679", "text": {"type": "plain_text", "text": "Museum Guide"}}
    assert publish_pick.read(state(view, publish_agent=picked)) == ("7523456789012345679", "Museum Guide")
    assert publish_pick.read(state(view)) == ("", "")
    assert publish_pick.wanted(view["private_metadata"]) == publish_pick.Wanted("R&D\nlab", only_look=True)
    assert publish_pick.wanted("") == publish_pick.Wanted()


def test_the_chosen_workspace_goes_along_with_its_name() -> None:
    found = [Space("7523456789012345678", "R&D lab"), Space("7523456789012345679", "R&D lab"), Space("75", "Museum")]
    view = create.spaces(MEI, "17:s1", found)
    options = next(block["element"]["options"] for block in view["blocks"] if block["type"] == "input")
    assert [option["text"]["text"] for option in options][2] == "Museum"
    assert len({option["text"]["text"] for option in options}) == 3
    chosen = read_space(*create.read_chosen(state(view, guide_space=options[2])))
    step, _, rest = create.agent(MEI, "17:s1", found[0])["private_metadata"].partition(" ")
    assert (step, create.read_space(rest)) == ("17:s1", found[0])
    assert chosen == found[2]
    assert create.read_space("") is None


def test_what_was_written_fills_the_form_again() -> None:
    draft = Draft("Guide", "tours", "You tell\nstories", "Hi", ("What?", "Where?"))
    view = create.agent(TOM, "17:s1", Space("75", "Museum"), draft, "Coze is not answering.")
    assert read_draft(**create.read(state(view))) == draft
    assert sum(block["type"] == "input" for block in view["blocks"]) == 6


def test_a_confirmation_names_its_publication() -> None:
    assert publish_forms.confirm(publication(ORDINARY), READY, MEI)["private_metadata"] == "8"


def codes(module: ModuleType) -> set[str]:
    """Every code that a module's rules object with."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call)]
    problems = [call.args[1] for call in calls if ast.unparse(call.func) == "Problem"]
    found = {node.value for code in problems for node in ast.walk(code) if isinstance(node, ast.Constant)}
    return {code for code in found if isinstance(code, str) and code != "@"}


@pytest.mark.parametrize("locale", [MEI, TOM], ids=lambda locale: locale.language)
def test_every_objection_of_the_rules_has_a_sentence(locale: Locale) -> None:
    vague = sentence(Problem("x", "never heard of"), locale)
    found = codes(join_rules) | codes(credential_rules) | codes(agent_rules) | codes(report_rules)
    values = {"longest": 300, "shortest": 5, "most": 3, "other": "coze.com", "ours": "coze.cn", "free": "trial 2"}
    assert len(found) >= 12
    for code in found - {"unknown_choice"}:
        assert sentence(Problem("x", code, values), locale) != vague, code
