"""Coze's own Python client, unmodified, signs in; run by its own Python, outside the project's.

Reads one line of JSON, `{"base_url", "sign_in", "flow", "async", "waits"}`, and prints one line for each thing that
happens. `waits`: seconds that the first waits between two polls really take, so that nobody sits through them all;
how long the client meant to wait is told.
"""

import asyncio
import inspect
import json
import sys
import time
from typing import Any

from cozepy import (  # type: ignore[import-not-found]
    AsyncDeviceOAuthApp,
    AsyncPKCEOAuthApp,
    Coze,
    CozeAPIError,
    DeviceOAuthApp,
    PKCEOAuthApp,
    TokenAuth,
)
from cozepy.exception import CozePKCEAuthError  # type: ignore[import-not-found]

VERIFIER = "a-verifier-of-forty-three-characters-or-more"


def tell(**what: Any) -> None:
    """One line for whoever listens."""
    print(json.dumps(what), flush=True)


def hurry(waits: list[float]) -> None:
    """The client's own clock between two polls, told and shortened."""
    sleep, real = time.sleep, iter(waits)

    def shorter(seconds: float) -> None:
        tell(waits=seconds)
        sleep(next(real, seconds))

    vars(time)["sleep"] = shorter


async def now(value: Any) -> Any:
    """What a call of either kind of client comes to."""
    return await value if inspect.isawaitable(value) else value


async def device(facts: dict[str, Any]) -> None:
    """By device code, polling as the client does by itself, then a refresh."""
    kind = AsyncDeviceOAuthApp if facts["async"] else DeviceOAuthApp
    app = kind(facts["sign_in"]["client_id"], base_url=facts["base_url"])
    code = await now(app.get_device_code(facts.get("workspace_id")))
    tell(user_code=code.user_code, url=code.verification_url, interval=code.interval, expires_in=code.expires_in)
    await renewed(app, await now(app.get_access_token(code.device_code, poll=True)), facts)
    await refused("used", app.get_access_token, code.device_code)


async def pkce(facts: dict[str, Any]) -> None:
    """By a browser's code, then a refresh."""
    about = facts["sign_in"]["pkce"]
    app = (AsyncPKCEOAuthApp if facts["async"] else PKCEOAuthApp)(about["client_id"], base_url=facts["base_url"])
    back, method = about["redirect_url"], "S256" if facts["async"] else "plain"
    tell(url=app.get_oauth_url(back, VERIFIER, method))
    code = sys.stdin.readline().strip()
    await refused("verifier", app.get_access_token, redirect_uri=back, code=code, code_verifier="another")
    await renewed(app, await now(app.get_access_token(redirect_uri=back, code=code, code_verifier=VERIFIER)), facts)


async def renewed(app: Any, token: Any, facts: dict[str, Any]) -> None:
    """Who it is, before and after a refresh; what was refreshed is dead."""
    fresh = await now(app.refresh_access_token(token.refresh_token))
    tokens = [each.access_token for each in (token, fresh)]
    tell(me=[Coze(TokenAuth(each), base_url=facts["base_url"]).users.me().user_id for each in tokens])
    tell(lives=token.expires_in - time.time())
    await refused("refresh", app.refresh_access_token, token.refresh_token)


async def refused(what: str, call: Any, *args: Any, **kwargs: Any) -> None:
    """What the client makes of a refusal."""
    try:
        await now(call(*args, **kwargs))
    except CozeAPIError as error:
        tell(refused=what, words=str(error))


async def main() -> None:
    """The flow that is asked for."""
    facts = json.loads(sys.stdin.readline())
    hurry(facts["waits"])
    try:
        await {"device": device, "pkce": pkce}[facts["flow"]](facts)
    except CozePKCEAuthError as error:
        tell(ends=error.error.value)
    except CozeAPIError as error:
        tell(fails=str(error))


if __name__ == "__main__":
    asyncio.run(main())
