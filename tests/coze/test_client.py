"""The client against a real server, in both of the ways in which Coze may use HTTP's statuses."""

import asyncio
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.coze import errors
from bot.coze.answers import Invited
from bot.coze.client import CozeClient, checked_base_url
from bot.coze.wire import MAX_ANSWER
from bot.playground.coze.platform import CozePlatform
from tests.serving import add_agent, serving
from tests.waiting import eventually

from .conftest import find_member

Facts = dict[str, Any]


def museum_guide(coze: CozePlatform, who: str = "owner") -> str:
    """An agent in ShargeAI."""
    return add_agent(coze, who, "博物馆讲解员").id


class TestPeople:
    async def test_tells_whose_token_it_is(self, client: CozeClient, mei: SecretStr, facts: Facts) -> None:
        account = await client.me(mei)
        assert (account.user_id, account.nickname) == (facts["users"]["mei"], "小美")

    async def test_lists_the_workspaces(self, client: CozeClient, owner: SecretStr, facts: Facts) -> None:
        (space,) = await client.workspaces(owner)
        assert (space.id, space.name, space.role) == (facts["workspace_id"], "ShargeAI", "owner")
        assert (space.enterprise_id, space.opens) == ("", True)

    async def test_follows_an_invitation_to_its_end(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        space, mei = facts["workspace_id"], facts["users"]["mei"]
        assert (await client.invite(owner, space, [mei])).invited == (mei,)
        assert (await client.invite(owner, space, [mei])).already_invited == (mei,)
        assert await find_member(client, owner, space, mei) is None
        await coze.act("user", {"name": "mei", "accept_invitation": True})
        member = await find_member(client, owner, space, mei)
        assert member is not None
        assert (member.role, member.nickname) == ("member", "小美")
        assert (await client.invite(owner, space, [mei])).already_joined == (mei,)

    async def test_finds_a_member_on_a_later_page(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        space = coze.state.workspaces[facts["workspace_id"]]
        space.capacity = 1000
        for number in range(120):
            user = coze.state.add_user(f"u{number}", str(9_000_000_000_000_000_000 + number), f"U{number}")
            space.members[user.id] = "member"
        assert len([member async for member in client.members(owner, space.id)]) == 121
        assert await find_member(client, owner, space.id, "9000000000000000119") is not None

    async def test_an_unknown_person_is_not_an_error_but_a_list(
        self, client: CozeClient, owner: SecretStr, facts: Facts
    ) -> None:
        invited = await client.invite(owner, facts["workspace_id"], ["123"])
        assert invited == Invited(not_exist=("123",))

    async def test_a_full_workspace_and_too_many_at_once(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        space = facts["workspace_id"]
        with pytest.raises(errors.BadRequest):
            await client.invite(owner, space, [str(number) for number in range(21)])
        coze.state.workspaces[space].capacity = 1
        with pytest.raises(errors.CannotAdd) as caught:
            await client.invite(owner, space, [facts["users"]["mei"]])
        assert (caught.value.help, caught.value.code) == ("E13-full", 702042018)


class TestAgents:
    async def test_publishes_and_follows_the_review(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        space, channel, agent = facts["workspace_id"], facts["connector_id"], museum_guide(coze)
        assert await client.bots(owner, space) == []
        (draft,) = await client.bots(owner, space, status="unpublished_draft")
        assert (draft.id, draft.name) == (agent, "博物馆讲解员")
        version = await client.publish(owner, agent, ["1024", channel])
        assert [found.version for found in await client.versions(owner, agent)] == [version]
        assert await client.versions(owner, agent, channel) == []
        assert await client.bots(owner, space, channel) == []
        assert (await client.bot(owner, agent)).version == version
        await coze.act("review", {"bot_id": agent, "verdict": "passed"})
        assert [found.id for found in await client.bots(owner, space, channel)] == [agent]
        (online,) = await client.versions(owner, agent, channel)
        assert online.version == version
        assert online.at is not None

    async def test_reads_a_draft(self, client: CozeClient, coze: CozePlatform, owner: SecretStr) -> None:
        draft = await client.bot(owner, museum_guide(coze), published=False)
        assert (draft.name, draft.version) == ("博物馆讲解员", "")

    async def test_lists_more_agents_than_fit_a_page(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        for number in range(45):
            add_agent(coze, "owner", f"agent {number}")
        assert len(await client.bots(owner, facts["workspace_id"], status="all")) == 45

    async def test_creates_an_agent_that_answers(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        texts = ("讲解员", "博物馆讲解", "你是讲解员", "你好！", ["几点开门？"])
        agent = await client.create_bot(owner, facts["workspace_id"], *texts)
        draft = await client.bot(owner, agent, published=False)
        assert draft.name == "讲解员"
        assert coze.state.bots[agent].description == "博物馆讲解"
        with pytest.raises(errors.NotPublished) as caught:
            await client.ask(owner, agent, "smoke", "你好")
        assert caught.value.help == "E6"
        await client.publish(owner, agent, ["1024"])
        assert await client.ask(owner, agent, "smoke", "你好") == "「讲解员」收到：你好"

    async def test_an_agent_that_takes_too_long(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr
    ) -> None:
        agent = museum_guide(coze)
        await client.publish(owner, agent, ["1024"])
        with pytest.raises(errors.CozeUnreachable, match="too long"):
            await client.ask(owner, agent, "smoke", "你好", patience=0.0)

    async def test_an_agent_that_may_have_been_created(
        self, http: httpx.AsyncClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        client = CozeClient(coze.base_url, http, playground=True)
        with pytest.raises(errors.BadRequest):
            await client.create_bot(owner, facts["workspace_id"], "x" * 21)
        coze.faults.set("cut", method="create")
        with pytest.raises(errors.Ambiguous) as caught:
            await client.create_bot(owner, facts["workspace_id"], "讲解员")
        assert not caught.value.retry
        assert caught.value.help == "E15-made"
        assert [agent.name for agent in await client.bots(owner, facts["workspace_id"], status="all")] == ["讲解员"]


class TestRefusals:
    @pytest.mark.parametrize("code", [4100, 700012006])
    async def test_a_token_that_is_none_any_more(
        self, client: CozeClient, coze: CozePlatform, facts: Facts, code: int
    ) -> None:
        await coze.act("settings", {"invalid_token_code": code})
        revoked = (await coze.act("token", {"name": "mei", "days": 1}))["token"]
        assert (await client.me(SecretStr(revoked))).name == "mei"
        await coze.act("revoke", {"token": revoked})
        for token in (revoked, facts["pats"]["expired"], "pat_garbage"):
            with pytest.raises(errors.InvalidToken) as caught:
                await client.me(SecretStr(token))
            assert (caught.value.code, caught.value.help, caught.value.retry) == (code, "E3", False)
            assert len(caught.value.log_id) == 34

    @pytest.mark.parametrize("token", ["", "pat_a b", "pat_“a”", "pat_a\nX: y", "扣" * 20, "p" * 9000])
    async def test_what_is_no_token_is_not_sent(self, client: CozeClient, token: str) -> None:
        with pytest.raises(errors.NotAToken) as caught:
            await client.me(SecretStr(token))
        assert caught.value.help == "E4"

    async def test_names_the_missing_permission(self, client: CozeClient, mei: SecretStr, facts: Facts) -> None:
        space = facts["workspace_id"]
        with pytest.raises(errors.MissingPermission) as caught:
            await find_member(client, mei, space, "1")
        assert (caught.value.key, caught.value.space, caught.value.help) == ("readMember", "", "E1")
        with pytest.raises(errors.MissingPermission) as caught:
            await client.bots(mei, space)
        assert (caught.value.key, caught.value.space, caught.value.code) == ("listBot", space, 4101)

    async def test_a_refused_publication_has_its_own_help(
        self, client: CozeClient, coze: CozePlatform, facts: Facts
    ) -> None:
        agent = coze.state.find_bot("晨间助手").id
        with pytest.raises(errors.MissingPermission) as caught:
            await client.publish(SecretStr(facts["pats"]["mei_no_publish"]), agent, ["1024"])
        assert (caught.value.key, caught.value.help) == ("publish", "E5")

    async def test_an_unknown_agent(self, client: CozeClient, owner: SecretStr) -> None:
        with pytest.raises(errors.CozeNotFound) as caught:
            await client.bot(owner, "1/../2")
        assert caught.value.help == "E8"

    async def test_an_unpublished_agent(self, client: CozeClient, coze: CozePlatform, owner: SecretStr) -> None:
        with pytest.raises(errors.NotPublished) as caught:
            await client.bot(owner, museum_guide(coze))
        assert (caught.value.help, caught.value.code) == ("E6", 4015)

    async def test_sensitive_wording(self, client: CozeClient, coze: CozePlatform, owner: SecretStr) -> None:
        agent = add_agent(coze, "owner", "违禁").id
        with pytest.raises(errors.Sensitive) as caught:
            await client.publish(owner, agent, ["1024"])
        assert caught.value.help == "E16"

    async def test_a_token_of_the_other_host(self, client: CozeClient, coze: CozePlatform, mei: SecretStr) -> None:
        coze.faults.set("wrong_host")
        with pytest.raises(errors.IncorrectToken) as caught:
            await client.me(mei)
        assert caught.value.help == "E2"


class TestTrouble:
    @pytest.mark.parametrize("kind", ["server_error", "rate_limited", "html_502", "cut"])
    async def test_a_read_gets_a_second_try(
        self, client: CozeClient, coze: CozePlatform, mei: SecretStr, kind: str
    ) -> None:
        coze.faults.set(kind, times=1)
        assert (await client.me(mei)).name == "mei"
        coze.faults.set(kind, times=3)
        with pytest.raises(errors.CozeUnreachable) as caught:
            await client.me(mei)
        assert (caught.value.help, caught.value.retry) == ("E15", True)
        assert coze.faults.active[0]["times"] == 1, "two tries, not more"

    async def test_an_invitation_may_be_repeated(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr, facts: Facts
    ) -> None:
        mei = facts["users"]["mei"]
        coze.faults.set("cut", times=1, method="POST")
        assert (await client.invite(owner, facts["workspace_id"], [mei])).already_invited == (mei,)

    @pytest.mark.parametrize("kind", ["cut", "server_error", "html_502", "slow"])
    async def test_a_publication_is_sent_once(
        self, http: httpx.AsyncClient, coze: CozePlatform, owner: SecretStr, kind: str
    ) -> None:
        agent = museum_guide(coze)
        client = CozeClient(coze.base_url, http, playground=True, total=0.3)
        coze.faults.set(kind, method="publish", delay=1.0)
        with pytest.raises(errors.Ambiguous) as caught:
            await client.publish(owner, agent, ["1024"])
        assert not caught.value.retry
        assert len(coze.state.bots[agent].versions) == (1 if kind in ("cut", "slow") else 0)

    async def test_a_limit_on_publishing_is_not_ambiguous(
        self, client: CozeClient, coze: CozePlatform, owner: SecretStr
    ) -> None:
        coze.faults.set("rate_limited")
        with pytest.raises(errors.RateLimited):
            await client.publish(owner, museum_guide(coze), ["1024"])

    async def test_what_never_left_is_not_ambiguous(self, http: httpx.AsyncClient, owner: SecretStr) -> None:
        client = CozeClient("http://127.0.0.1:1", http, playground=True)
        with pytest.raises(errors.CozeUnreachable) as caught:
            await client.publish(owner, "1", ["1024"])
        assert not caught.value.sent

    async def test_gives_up_in_time_both_tries_included(
        self, http: httpx.AsyncClient, coze: CozePlatform, mei: SecretStr
    ) -> None:
        coze.faults.set("slow", times=2)
        client = CozeClient(coze.base_url, http, playground=True, total=0.3)
        with pytest.raises(errors.CozeUnreachable):
            await client.me(mei)
        assert coze.faults.active, "the first try took all the time that there was"

    async def test_a_slow_coze_holds_nobody_else_up(
        self, http: httpx.AsyncClient, coze: CozePlatform, mei: SecretStr
    ) -> None:
        coze.faults.set("slow", times=1)
        client = CozeClient(coze.base_url, http, playground=True)
        slow = asyncio.create_task(client.me(mei))
        await eventually(lambda: not coze.faults.active)
        await client.me(mei)
        assert not slow.done()
        coze.faults.clear()
        await slow


async def _odd(request: Request) -> Response:
    """Answers that no client should trust."""
    odd: dict[str, Response] = {
        "redirect": RedirectResponse("/v1/users/me?fine", 307),
        "list": JSONResponse([]),
        "no_data": JSONResponse({"code": 0}),
        "wrong_types": JSONResponse({"code": 0, "data": {"user_id": 1.5}}),
        "huge": PlainTextResponse(b'{"code":0,"x":"' + b"x" * MAX_ANSWER),
        "deep": PlainTextResponse(b"[" * 200_000),
        "teapot": JSONResponse({"code": 418418, "msg": "see pat_abcdefghijklmnop0123 there"}, 418),
        "bad_log_id": JSONResponse({"code": 5, "detail": {"logid": "<script>"}}),
    }
    return odd[request.headers["authorization"].removeprefix("Bearer ")]


@pytest.mark.parametrize("kind", ["redirect", "list", "no_data", "wrong_types", "huge", "deep"])
async def test_an_odd_answer_counts_as_none(http: httpx.AsyncClient, kind: str) -> None:
    async with serving(Starlette(routes=[Route("/v1/users/me", _odd)])) as base_url:
        with pytest.raises(errors.CozeUnreachable):
            await CozeClient(base_url, http, playground=True).me(SecretStr(kind))


async def test_an_unknown_code_stays_known_and_clean(http: httpx.AsyncClient) -> None:
    async with serving(Starlette(routes=[Route("/v1/users/me", _odd)])) as base_url:
        client = CozeClient(base_url, http, playground=True)
        with pytest.raises(errors.Unknown) as caught:
            await client.me(SecretStr("teapot"))
        assert (caught.value.code, caught.value.help) == (418418, "E18")
        assert "abcdef" not in str(caught.value)
        with pytest.raises(errors.Unknown) as caught:
            await client.me(SecretStr("bad_log_id"))
        assert caught.value.log_id == ""


@pytest.mark.parametrize("fault", ["cut", "html_502", "missing_permission", "wrong_host", "server_error"])
async def test_no_error_carries_the_token(
    client: CozeClient, coze: CozePlatform, owner: SecretStr, fault: str
) -> None:
    coze.faults.set(fault)
    agent = museum_guide(coze)
    for call in (client.workspaces(owner), client.publish(owner, agent, ["1024"])):
        with pytest.raises(errors.CozeError) as caught:
            await call
        assert owner.get_secret_value() not in _everything(caught.value)


def _everything(error: BaseException | None) -> str:
    """An error with its fields, and with all that led to it."""
    text = ""
    while error is not None:
        request = getattr(error, "_request", None)
        text += f"{error!r} {error} {error.args} {vars(error)} {getattr(request, 'headers', None)!r}"
        text += str(dict(request.headers)) if request is not None else ""
        error = error.__context__ or error.__cause__
    return text


@pytest.mark.parametrize(
    "url",
    [
        "http://api.coze.cn",
        "https://api.coze.cn.evil.example",
        "https://user@api.coze.cn",
        "https://api.coze.cn/v1",
        "http://127.0.0.1:8080",
        "https://api.coze.cn:444",
        "",
    ],
)
def test_tokens_go_to_coze_alone(url: str) -> None:
    with pytest.raises(ValueError, match=r"api\.coze\.cn"):
        checked_base_url(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1@evil.example", "http://127.0.0.1:1/x", "http://localhost:1", "ftp://127.0.0.1"]
)
def test_a_playground_is_on_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        checked_base_url(url, playground=True)


def test_the_usual_addresses_are_fine() -> None:
    assert checked_base_url("https://api.coze.cn/") == "https://api.coze.cn"
    assert checked_base_url("http://127.0.0.1:8080", playground=True) == "http://127.0.0.1:8080"
