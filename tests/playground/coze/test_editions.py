"""Editions: Coze tells which one an account has, counts its calls, and refuses them once a free one has none left."""

from typing import Any

import httpx
import pytest

from bot.playground.coze.platform import CozePlatform

from .conftest import Ask
from .test_oauth import assertion, exchange

Facts = dict[str, Any]
BENEFITS = "/v1/commerce/benefit/benefits/get"


@pytest.mark.parametrize("level", ["free", "pro_personal", "team", "enterprise"])
async def test_the_edition_is_the_accounts_own(coze: CozePlatform, ask: Ask, facts: Facts, level: str) -> None:
    """In Coze's own words, to a token that may ask."""
    assert (await ask("GET", BENEFITS))[1]["data"] == {"basic_info": {"user_level": facts["edition"]}}
    await coze.act("user", {"name": "owner", "user_level": level})
    assert (await ask("GET", BENEFITS))[1]["data"] == {"basic_info": {"user_level": level}}


async def test_without_the_key_nothing_is_told(ask: Ask, facts: Facts) -> None:
    """4101 names the key."""
    status, answer = await ask("GET", BENEFITS, token=facts["pats"]["mei"])
    assert (status, answer["code"]) == (403, 4101)
    assert "getBenefit" in answer["msg"]


async def test_a_word_that_nobody_knows(coze: CozePlatform, ask: Ask) -> None:
    """As a fault."""
    coze.faults.set("edition_unknown", times=1)
    assert (await ask("GET", BENEFITS))[1]["data"]["basic_info"]["user_level"] not in ("free", "pro_personal")


@pytest.mark.parametrize("code", [4028, 4011, 4008])
async def test_a_free_account_has_so_many_calls_and_no_more(coze: CozePlatform, ask: Ask, code: int) -> None:
    """Refused calls count too; another edition has no such end."""
    await coze.act("settings", {"free_calls": 4, "used_up_code": code})
    await coze.act("user", {"name": "owner", "user_level": "free"})
    codes = [(await ask("GET", path))[1]["code"] for path in (BENEFITS, "/v1/bots/1", *["/v1/users/me"] * 4)]
    assert codes == [0, 4200, 0, 0, code, code]
    assert coze.state.user("owner").calls == 6
    await coze.act("user", {"name": "owner", "user_level": "pro_personal"})
    assert (await ask("GET", "/v1/users/me"))[1]["code"] == 0


async def test_an_exchange_is_a_call_of_whose_token_it_brings(
    coze: CozePlatform, http: httpx.AsyncClient, facts: Facts
) -> None:
    """The owner's, not the app's maker's."""
    app = facts["jwt_app"]
    path = f"/api/permission/oauth2/account/{app['account_id']}/token"
    answer = await exchange(http, assertion(coze, app), path)
    assert answer.status_code == 200
    assert (coze.state.user("owner").calls, coze.state.user("mei").calls) == (1, 0)


async def test_calls_can_be_set(coze: CozePlatform, ask: Ask) -> None:
    """To begin a story near the end of them."""
    await coze.act("user", {"name": "owner", "user_level": "free", "calls": 499})
    assert [(await ask("GET", "/v1/users/me"))[1]["code"] for _ in range(2)] == [0, 4028]
    for wrong in ({"calls": -1}, {"calls": True}, {"user_level": 5}):
        assert not (await coze.act("user", {"name": "owner", **wrong}))["ok"]
    assert not (await coze.act("settings", {"free_calls": "many"}))["ok"]
