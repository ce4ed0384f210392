"""What both sides were asked, as tests count it."""

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground

from .slack.samples import BUTTONS


async def test_calls(human: httpx.AsyncClient, web: AsyncWebClient) -> None:
    """What came after the last look, with bodies and answers as they were then."""
    await web.chat_postMessage(channel="U0MEI", text="one", blocks=BUTTONS)
    seen = (await human.get("calls")).json()
    assert [call["method"] for call in seen["calls"]] == ["chat.postMessage"]
    assert (seen["calls"][0]["app"], seen["calls"][0]["body"]["text"]) == ("echo", "one")
    assert seen["calls"][0]["response"]["ok"]
    await web.auth_test()
    later = (await human.get("calls", params={"since": seen["next"]})).json()
    assert [call["method"] for call in later["calls"]] == ["auth.test"]


async def test_calls_to_coze(playground: Playground, human: httpx.AsyncClient) -> None:
    """Counted with the name of the credential, whatever the answer was; never the credential itself."""
    facts = playground.coze.ready()
    secrets = [facts["owner_token"], facts["pats"]["mei_no_publish"], "pat_unknown"]
    async with httpx.AsyncClient(base_url=facts["base_url"], trust_env=False) as http:
        for secret in secrets:
            await http.get("/v1/users/me?x=1", headers={"Authorization": f"Bearer {secret}"})
        await http.post("/api/permission/oauth2/device/code", json={"client_id": facts["sign_in"]["client_id"]})
    seen = (await human.get("calls", params={"side": "coze"})).json()
    assert [(c["method"], c["path"], c["credential"], c["account"], c["status"]) for c in seen["calls"]] == [
        ("GET", "/v1/users/me", "concierge", "owner", 200),
        ("GET", "/v1/users/me", f"…{secrets[1][-4:]}", "mei", 200),
        ("GET", "/v1/users/me", None, None, 401),
        ("POST", "/api/permission/oauth2/device/code", None, None, 200),
    ]
    assert not [secret for secret in secrets if secret in str(seen)]
    later = (await human.get("calls", params={"side": "coze", "since": seen["next"]})).json()
    assert later["calls"] == []
    assert (await human.get("calls", params={"side": "moon"})).status_code == 400
