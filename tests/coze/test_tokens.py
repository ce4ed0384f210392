"""Assertions and the tokens they are exchanged for, with real keys."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from bot.clock import utc_now
from bot.core.assertion import lint
from bot.coze import errors, tokens
from bot.coze.client import CozeClient
from bot.coze.keys import load_key
from bot.coze.oauth import exchange
from bot.coze.tokens import AppToken, Signer
from bot.playground.coze.platform import CozePlatform
from bot.services.workspace_client import FixedToken
from tests.waiting import eventually

from .conftest import find_member

Facts = dict[str, Any]


@pytest.fixture
def key(facts: Facts) -> rsa.RSAPrivateKey:
    """The private key of the developer app of the cast."""
    return load_key(SecretStr(Path(facts["jwt_app"]["private_key_file"]).read_text()))


@pytest.fixture
def signer(client: CozeClient, facts: Facts, key: rsa.RSAPrivateKey) -> Signer:
    """Signs for that app."""
    app = facts["jwt_app"]
    return Signer(app["client_id"], app["kid"], key, client.audience)


async def test_an_assertion_is_good_for_one_exchange(client: CozeClient, signer: Signer, facts: Facts) -> None:
    assertion = signer.assertion()
    token = await exchange(client, assertion, 900)
    assert timedelta(seconds=890) < token.expires_at - utc_now() <= timedelta(seconds=900)
    assert (await client.me(token.value)).user_id == facts["users"]["mei"]
    with pytest.raises(errors.WrongAssertion) as caught:
        await exchange(client, assertion)
    assert (caught.value.kind, caught.value.help, caught.value.code) == ("replayed", "E12-used", "invalid_client")
    assert assertion.get_secret_value() not in repr(caught.value) + str(caught.value)


def test_an_assertion_passes_the_check(client: CozeClient, signer: Signer, facts: Facts) -> None:
    app = facts["jwt_app"]
    report = lint(signer.assertion().get_secret_value(), utc_now(), client.audience, app["kid"], app["client_id"])
    assert report.ok
    assert not report.to_note
    header = jwt.get_unverified_header(signer.assertion().get_secret_value())
    assert header == {"alg": "RS256", "typ": "JWT", "kid": app["kid"]}


async def test_another_account_opens_its_workspace(client: CozeClient, signer: Signer, facts: Facts) -> None:
    token = await AppToken(client, signer, facts["jwt_app"]["account_id"]).get()
    assert (await client.me(token)).user_id == facts["users"]["owner"]
    assert await find_member(client, token, facts["workspace_id"], facts["users"]["owner"]) is not None
    with pytest.raises(errors.NotAuthorised) as caught:
        await exchange(client, signer.assertion(), account_id=facts["users"]["tom"])
    assert (caught.value.kind, caught.value.help) == ("unauthorised", "E12")


async def test_an_app_that_is_switched_off(
    client: CozeClient, coze: CozePlatform, signer: Signer, facts: Facts
) -> None:
    coze.state.apps[facts["jwt_app"]["client_id"]].enabled = False
    with pytest.raises(errors.NotAuthorised) as caught:
        await exchange(client, signer.assertion())
    assert caught.value.kind == "disabled"


async def test_every_reason_has_its_kind(client: CozeClient, key: rsa.RSAPrivateKey, facts: Facts) -> None:
    app = facts["jwt_app"]
    stranger = rsa.generate_private_key(65537, 2048)
    wrong = {
        "unknown_kid": Signer(app["client_id"], "x" * 43, key, client.audience),
        "signature": Signer(app["client_id"], app["kid"], stranger, client.audience),
        "audience": Signer(app["client_id"], app["kid"], key, "api.coze.com"),
        "wrong_app": Signer("1", app["kid"], key, client.audience),
    }
    for kind, signer in wrong.items():
        with pytest.raises(errors.WrongAssertion) as caught:
            await exchange(client, signer.assertion())
        assert caught.value.kind == kind
        assert caught.value.help == ("E11" if kind in ("unknown_kid", "wrong_app") else "E12")


async def test_fifty_at_once_cost_one_exchange(client: CozeClient, coze: CozePlatform, signer: Signer) -> None:
    owner = AppToken(client, signer)
    values = await asyncio.gather(*(owner.get() for _ in range(50)))
    assert len({value.get_secret_value() for value in values}) == 1
    assert len(coze.state.used_jti) == 1
    assert await owner.get() is values[0]
    owner.forget()
    assert (await owner.get()) != values[0]
    assert len(coze.state.used_jti) == 2


async def test_a_token_is_renewed_before_its_end(
    client: CozeClient, coze: CozePlatform, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = AppToken(client, signer, duration=120)
    first = await owner.get()
    assert await owner.get() is first
    monkeypatch.setattr(tokens, "MARGIN", timedelta(seconds=120))  # as if all but its margin were over
    assert await owner.get() != first
    assert len(coze.state.used_jti) == 2


async def test_who_stops_waiting_takes_nothing_from_the_others(
    client: CozeClient, coze: CozePlatform, signer: Signer
) -> None:
    coze.faults.set("slow")
    owner = AppToken(client, signer)
    first, second = asyncio.create_task(owner.get()), asyncio.create_task(owner.get())
    await eventually(lambda: bool(coze.state.used_jti))
    first.cancel()
    coze.faults.clear()
    assert (await second).get_secret_value().startswith("czs_")
    assert len(coze.state.used_jti) == 1


@pytest.mark.parametrize("kind", ["cut", "server_error", "html_502", "rate_limited"])
async def test_a_second_try_has_an_assertion_of_its_own(
    client: CozeClient, coze: CozePlatform, signer: Signer, kind: str
) -> None:
    coze.faults.set(kind, times=1)
    assert (await AppToken(client, signer).get()).get_secret_value().startswith("czs_")
    coze.faults.set(kind, times=3)
    with pytest.raises(errors.CozeUnreachable):
        await AppToken(client, signer).get()
    assert coze.faults.active[0]["times"] == 1


async def test_a_failure_reaches_all_and_is_not_kept(client: CozeClient, coze: CozePlatform, signer: Signer) -> None:
    owner = AppToken(client, signer)
    coze.faults.set("unknown_kid", times=1)
    answers = await asyncio.gather(*(owner.get() for _ in range(5)), return_exceptions=True)
    assert all(isinstance(answer, errors.WrongAssertion) and answer.help == "E11" for answer in answers)
    assert (await owner.get()).get_secret_value().startswith("czs_")


async def test_a_fixed_token_is_what_it_is(owner: SecretStr) -> None:
    source = FixedToken(owner)
    source.forget()
    assert await source.get() is owner


@pytest.mark.parametrize("duration", [0, 119, 86_400])
def test_a_life_coze_does_not_give(client: CozeClient, signer: Signer, duration: int) -> None:
    with pytest.raises(ValueError, match="120 to 86399"):
        AppToken(client, signer, duration=duration)
