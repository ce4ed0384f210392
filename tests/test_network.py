"""The rule of all ways out: which proxy, and whose certificates; and what is wrong with a setting, in a sentence."""

from pathlib import Path

import pytest

from bot.configured import network_of
from bot.network import Network
from bot.settings import SettingsError, load
from tests.test_settings import CANARY, SOCKET, problems

PROXY = "http://proxy.example:3128"
ELSEWHERE = "https://slack.com/api/"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/api/",
        "https://127.9.9.9/",
        "ws://localhost:1/",
        "wss://LOCALHOST./",
        "https://coze.localhost/",
        "https://[::1]:9/",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_this_machine_is_always_reached_directly(url: str) -> None:
    assert Network(PROXY, PROXY).proxy(url) is None


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("*", "https://slack.com/"),
        ("slack.com", "https://slack.com/api/"),
        ("slack.com", "wss://wss-primary.slack.com/link"),
        (".slack.com", "https://hooks.slack.com/x"),
        (".slack.com", "https://slack.com/"),
        ("*.slack.com", "https://hooks.slack.com/x"),
        ("SLACK.com", "https://Slack.COM/"),
        ("slack.com.", "https://slack.com./"),
        ("slack.com:443", "wss://slack.com/"),
        ("slack.com:8443", "https://slack.com:8443/"),
        ("x, slack.com ,y", "https://slack.com/"),
        ("x slack.com", "https://slack.com/"),
        ("192.0.2.7", "https://192.0.2.7:8443/"),
        ("192.0.2.0/24", "https://192.0.2.7/"),
        ("192.0.2.9/24", "https://192.0.2.7/"),
        ("192.0.2.7:443", "https://192.0.2.7/"),
        ("fd00::7", "https://[fd00::7]/"),
        ("[fd00::7]:443", "https://[fd00::7]/"),
        ("fd00::/8", "https://[fd00::7]/"),
    ],
)
def test_what_no_proxy_names_is_reached_directly(entry: str, url: str) -> None:
    assert Network(PROXY, no_proxy=entry).proxy(url) is None


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("", "https://slack.com/"),
        (",", "https://slack.com/"),
        ("*.", "https://slack.com/"),
        ("slack.com", "https://notslack.com/"),
        ("hooks.slack.com", "https://slack.com/"),
        ("slack.com:8443", "https://slack.com/"),
        ("192.0.2.0/24", "https://192.0.3.7/"),
        ("192.0.2.0/33", "https://192.0.2.7/"),
        ("2.7", "https://192.0.2.7/"),
        ("192.0.2.7", "https://192.0.2.7.example/"),
        ("fd00::/8", "https://192.0.2.7/"),
        ("[fd00::7]:8443", "https://[fd00::7]/"),
        ("::", "https://slack.com/"),
        ("slack.com:port", "https://slack.com/"),
    ],
)
def test_what_it_does_not_name_goes_through_the_proxy(entry: str, url: str) -> None:
    assert Network(PROXY, no_proxy=entry).proxy(url) == PROXY


def test_each_scheme_has_its_own() -> None:
    network = Network("http://a:1", "http://b:2")
    assert [network.proxy(f"{scheme}://example.com/") for scheme in ("https", "wss", "http", "ws")] == [
        "http://a:1",
        "http://a:1",
        "http://b:2",
        "http://b:2",
    ]
    assert Network(http_proxy=PROXY).proxy(ELSEWHERE) is None


@pytest.mark.parametrize(
    ("env", "found"),
    [
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": "http://upper:1", "https_proxy": PROXY}, PROXY),
        ({"ALL_PROXY": PROXY}, PROXY),
        ({"all_proxy": "http://rest:1", "HTTPS_PROXY": PROXY}, PROXY),
        ({"HTTPS_PROXY": "", "ALL_PROXY": PROXY}, PROXY),
        ({"HTTPS_PROXY": "proxy.example:3128"}, PROXY),
        ({"HTTPS_PROXY": f" {PROXY}/\n"}, PROXY),
        ({"HTTPS_PROXY": "HTTP://proxy.example:3128"}, PROXY),
        ({"HTTPS_PROXY": "http://[fd00::1]:3128"}, "http://[fd00::1]:3128"),
        ({"HTTPS_PROXY": "https://u:p%40w@proxy.example"}, "https://u:p%40w@proxy.example"),
        ({"HTTPS_PROXY": PROXY, "ALL_PROXY": "socks5://127.0.0.1:7891"}, PROXY),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "slack.com"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": ""}, PROXY),
        ({"HTTP_PROXY": PROXY}, None),
        ({}, None),
    ],
)
def test_it_is_read_from_the_settings(env: dict[str, str], found: str | None) -> None:
    network = network_of(load({**SOCKET, **env}))
    assert network.proxy(ELSEWHERE) == found


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "address",
    [
        f"socks5://u:{CANARY}@proxy.example:1080",
        f"ftp://u:{CANARY}@proxy.example:21",
        f"http://u:{CANARY}@x@proxy.example:3128",
        f"http://u:{CANARY}/x@proxy.example:3128",
        f"http://u:{CANARY}#x@proxy.example:3128",
        f"http://u:{CANARY}?@proxy.example:3128",
        f"http://u:{CANARY}%zz@proxy.example:3128",
        f"http://u:{CANARY}:x@proxy.example:3128",
        f"http://u:{CANARY} x@proxy.example:3128",
        f"http://u:{CANARY}@proxy.example:70000",
        f"http://u:{CANARY}@proxy.example:0",
        f"http://u:{CANARY}@proxy.example:port",
        f"http://u:{CANARY}@proxy.example:3128/{CANARY}",
        f"http://u:{CANARY}@",
        f"http://u:{CANARY}@[fd00::1:3128",
        f"u:{CANARY}@proxy example:3128",
        "http://",
        "http:///",
        "://",
        ":3128",
        "http//proxy.example:3128",
    ],
)
def test_an_address_that_is_none_is_named(name: str, address: str) -> None:
    """In a sentence, without any of it."""
    assert list(problems({**SOCKET, name: address})) == [name]


def test_no_password_is_shown() -> None:
    loaded = load({**SOCKET, "HTTPS_PROXY": f"http://u:{CANARY}@proxy.example:3128"})
    assert CANARY not in f"{loaded!r} {loaded} {loaded.model_dump()} {network_of(loaded)!r}"


def test_a_file_of_certificates_that_is_none_is_named(tmp_path: Path) -> None:
    """Missing, a folder, empty, another kind of file, one that is cut off; also beside a folder that is well."""
    for content in (None, "", "\n", "key", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"):
        file = tmp_path / "ca.pem"
        if content is not None:
            file.write_text(content)
        for more in ({}, {"SSL_CERT_DIR": str(tmp_path)}):
            (told,) = problems({**SOCKET, "SSL_CERT_FILE": str(file), **more}).values()
            assert ("can't be read" if content is None else "holds no certificate") in told
    assert "can't be read" in problems({**SOCKET, "SSL_CERT_FILE": str(tmp_path)})["SSL_CERT_FILE"]
    assert list(problems({**SOCKET, "SSL_CERT_DIR": str(tmp_path / "none")})) == ["SSL_CERT_DIR"]


def test_a_migration_asks_nobody_and_needs_no_certificates() -> None:
    load({"SSL_CERT_FILE": "/nowhere/ca.pem"}, slack=False)
    with pytest.raises(SettingsError):
        load({**SOCKET, "SSL_CERT_FILE": "/nowhere/ca.pem"})
