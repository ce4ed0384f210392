"""Each call of the bot's that only reads, sent once, for the shape of its answer."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from pydantic import SecretStr

from bot.configured import network_of
from bot.coze.client import http_client
from bot.network import reason
from bot.settings import Settings, revealed

from .shape import Shape, shape

HEADERS = ("date", "retry-after", "x-oauth-scopes", "x-slack-req-id", "x-tt-logid")
"""Those on which the bot builds."""

Facts = MutableMapping[str, str]
"""What calls are about, by the placeholder that it fills."""


@dataclass(frozen=True)
class Probe:
    """One call. `learns` says where in the answer stands what later ones are about."""

    name: str
    side: Literal["slack", "coze"]
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    learns: Mapping[str, Sequence[str | int]] = field(default_factory=dict)
    credential: Literal["bot", "app", "owner"] = "bot"


def _slack(method: str, credential: Literal["bot", "app"] = "bot", /, **query: str) -> Probe:
    return Probe(f"Slack {method}", "slack", f"/{method}", query, LEARNS.get(method, {}), credential)


def _coze(name: str, path: str, learns: Mapping[str, Sequence[str | int]] | None = None, /, **query: str) -> Probe:
    return Probe(f"Coze {name}", "coze", path, query, learns or {}, "owner")


LEARNS: Mapping[str, Mapping[str, Sequence[str | int]]] = {
    "auth.test": {"bot": ["bot_id"], "user": ["user_id"]},
    "conversations.history": {"ts": ["messages", 0, "ts"]},
}
PAGE = {"page_num": "1", "page_size": "20"}
ONLINE = {"publish_status": "published_online", "connector_id": "{connector}"}
PROBES: Sequence[Probe] = (
    _slack("auth.test"),
    _slack("bots.info", bot="{bot}"),
    _slack("conversations.info", channel="{channel}"),
    _slack("conversations.history", channel="{channel}", limit="3", include_all_metadata="true"),
    _slack("conversations.replies", channel="{channel}", ts="{ts}", limit="3"),
    _slack("users.info", user="{user}", include_locale="true"),
    _slack("usergroups.users.list", usergroup="{group}"),
    _slack("apps.connections.open", "app"),
    _coze("GET users/me", "/v1/users/me"),
    _coze("GET workspaces", "/v1/workspaces", **PAGE),
    _coze("GET members", "/v1/workspaces/{workspace}/members", **PAGE),
    _coze(
        "GET bots",
        "/v1/bots",
        {"agent": ["data", "items", 0, "id"]},
        workspace_id="{workspace}",
        publish_status="all",
        **PAGE,
    ),
    _coze("GET bots of the channel", "/v1/bots", workspace_id="{workspace}", **ONLINE, **PAGE),
    _coze("GET bot", "/v1/bots/{agent}", is_published="false"),
    _coze("GET versions", "/v1/bots/{agent}/versions", **PAGE),
    _coze("GET benefits", "/v1/commerce/benefit/benefits/get"),
)
"""In this order: what one has told another is about."""


@dataclass(frozen=True)
class Answer:
    """What came: the HTTP status, the side's word or number for a refusal, which of HEADERS, and the shape; or why
    nothing did.
    """

    status: int = 0
    code: str = ""
    headers: Sequence[str] = ()
    shape: Shape = field(default_factory=dict)
    why: str = ""


def facts_of(settings: Settings) -> Facts:
    """What the settings tell."""
    known = {
        "channel": settings.admin_channel,
        "group": settings.admin_group or settings.backup_admin_group,
        "workspace": settings.coze_workspace_id,
        "connector": settings.coze_connector_id,
        **({"user": settings.admin_users[0]} if settings.admin_users else {}),
    }
    return {name: value for name, value in known.items() if value}


async def probed(
    settings: Settings, owner: SecretStr | None, on_sent: Callable[[], None] = lambda: None
) -> dict[str, Answer]:
    """Every answer, by the probe's name; `on_sent` hears of each call that the `owner`'s token pays for."""
    facts, network = facts_of(settings), network_of(settings)
    tokens = {
        "bot": revealed(settings.slack_bot_token),
        "app": revealed(settings.slack_app_token),
        "owner": revealed(owner),
    }
    bases = {"slack": settings.slack_api_url, "coze": settings.coze_base_url}
    found: dict[str, Answer] = {}
    async with (
        http_client(network, bases["slack"]) as slack,
        http_client(network, bases["coze"]) as coze,
    ):
        clients = {"slack": slack, "coze": coze}
        for probe in PROBES:
            if not tokens[probe.credential]:
                found[probe.name] = Answer(why="there is no credential for it")
                continue
            if probe.side == "coze":
                on_sent()
            http = clients[probe.side]
            found[probe.name] = await _sent(http, bases[probe.side], probe, tokens[probe.credential], facts)
    return found


async def _sent(http: httpx.AsyncClient, base: str, probe: Probe, token: str, facts: Facts) -> Answer:
    try:
        path = probe.path.format_map(facts)
        query = {name: value.format_map(facts) for name, value in probe.query.items()}
    except KeyError as missing:
        return Answer(why=f"there is nothing to ask about: no {missing.args[0]}")
    method = "POST" if probe.credential == "app" else "GET"
    try:
        answer = await http.request(method, base + path, params=query, headers={"Authorization": f"Bearer {token}"})
        body = answer.json()
    except httpx.HTTPError as error:
        return Answer(why=f"no answer: {reason(error)}")
    except ValueError:
        return Answer(why="the answer is no JSON")
    for name, where in probe.learns.items():
        if value := _at(body, where):
            facts.setdefault(name, value)
    headers = [name for name in HEADERS if name in answer.headers]
    return Answer(answer.status_code, _code(body), headers, shape(body))


def _code(body: Any) -> str:
    """Slack's word, or Coze's number where it is not 0."""
    if not isinstance(body, dict):
        return ""
    return str(body.get("error") or body.get("code") or "")


def _at(body: Any, where: Sequence[str | int]) -> str:
    for step in where:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return body if isinstance(body, str) else ""
