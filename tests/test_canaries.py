"""The canaries of `conftest` sing: else their silence in all other tests would mean nothing."""

import logging

import pytest

from tests.conftest import Canaries

CANARY = "cAnArY0123456789abcdef"
SECRETS = {
    "token": f"pat_{CANARY}",
    "assertion": f"eyJhbGciOiJSUzI1NiJ9.{CANARY}.{CANARY}",
    "key": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
    "address": f"http://127.0.0.1/once/{CANARY}",
}
log = logging.getLogger("bot.test")


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("way", ["text", "argument", "extra", "exception", "debug", "library"])
def test_a_secret_is_heard(canaries: Canaries, secret: str, way: str) -> None:
    """Wherever in a record it stands."""
    match way:
        case "text":
            log.info(secret)
        case "argument":
            log.info("%s", secret)
        case "extra":
            log.info("said", extra={"what": [secret]})
        case "debug":
            log.debug("%r", {"what": secret})
        case "library":
            logging.getLogger("asyncio").warning(secret)
        case _:
            try:
                raise ValueError(secret)
            except ValueError:
                log.exception("failed")
    assert canaries.sang
    assert CANARY not in str(canaries.sang)
    canaries.sang.clear()  # meant


def test_what_is_none_is_not_heard(canaries: Canaries) -> None:
    """No false alarm; and what libraries say below their floor never gets out."""
    log.info("publication 8 submitted, log id 2025110522060859DE7DB648C2DCC379B3")
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpx").info("GET https://x.example/?token=pat_%s", CANARY)
    assert not canaries.sang
