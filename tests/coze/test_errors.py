"""Every code Coze's documentation lists leads to what a person is told, whatever the HTTP status."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.coze import errors
from bot.coze.client import CozeClient
from bot.coze.errors import CozeError, missing_in, scrub
from tests.serving import serving

TOLD = {
    "E1": {4101},
    "E3": {4100, 700012006},
    "E6": {4015},
    "E8": {4001, 4002, 4005, 4006, 4200},
    "E13-full": {702042018},
    "E13-org": {702042162},
    "E15": {4009, 4013, 4016, 4020, 4102, 5000, 702042078},
    "E16": {4105},
    "E17": {4008, 4011, 4019, 4022, 4027, 4028},
    "E18": {4000, 4300, 777074011, 1, -1},
}


async def _says(request: Request) -> Response:
    """Answers with the code and status that stand in the token."""
    code, status = map(int, request.headers["authorization"].removeprefix("Bearer ").split("/"))
    return JSONResponse({"code": code, "msg": "no", "detail": {"logid": "L1"}}, status)


@pytest.fixture
async def oracle(http: httpx.AsyncClient) -> AsyncIterator[CozeClient]:
    """A Coze that answers as it is told."""
    async with serving(Starlette(routes=[Route("/v1/users/me", _says)])) as base_url:
        yield CozeClient(base_url, http, playground=True)


@pytest.mark.parametrize(("key", "code"), [(key, code) for key, codes in TOLD.items() for code in sorted(codes)])
async def test_the_code_decides(oracle: CozeClient, key: str, code: int) -> None:
    for status in (200, 400, 403):
        with pytest.raises(CozeError) as caught:
            await oracle.me(SecretStr(f"{code}/{status}"))
        assert (caught.value.help, caught.value.code, caught.value.log_id) == (key, code, "L1")
        assert caught.value.retry == (key == "E15")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.Unknown),
        (401, errors.InvalidToken),
        (403, errors.MissingPermission),
        (404, errors.CozeNotFound),
        (429, errors.RateLimited),
        (500, errors.CozeUnreachable),
        (503, errors.CozeUnreachable),
    ],
)
async def test_without_a_code_the_status_does(oracle: CozeClient, status: int, kind: type[CozeError]) -> None:
    with pytest.raises(kind):
        await oracle.me(SecretStr(f"0/{status}"))


def test_the_sentence_of_a_4101_is_understood() -> None:
    """As quoted by people who got one."""
    sentence = (
        "Your token does not have permission to access space_id=7466411234567890123 createBot. Please verify whether "
        "the resource ID or token is correct, and ensure that the necessary permissions are enabled at "
        "https://coze.cn/open/oauth/pats."
    )
    assert missing_in(sentence) == ("createBot", "7466411234567890123")
    assert missing_in(sentence.replace("space_id", "bot_id").replace("createBot", "Bot.listVersion")) == (
        "Bot.listVersion",
        "",
    )
    assert missing_in("permission denied") == ("", "")


@pytest.mark.parametrize("canary", ["pat_canary", "czs_canary", "eyJcanary.canary.canary", "-----BEGIN X\ncanary"])
def test_a_foreign_sentence_brings_no_token_along(canary: str) -> None:
    assert "canary" not in scrub(f"wrong: {canary}")
    assert len(scrub("x" * 10**6)) <= 300
