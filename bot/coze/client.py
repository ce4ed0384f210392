"""A thin asynchronous client of Coze's Open API (https://www.coze.cn/open/docs/developer_guides).

Tokens are given with each call. Reads, and invitations, which may be repeated, get a second try; publishing is sent
once, and `Ambiguous` says when its outcome is not known.
"""

import asyncio
import copy
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from bot import traces
from bot.clock import HeardClock
from bot.network import DIRECT, Network

from .answers import (
    Account,
    Agent,
    Benefits,
    Chat,
    CopyBegun,
    CopyTask,
    Created,
    Envelope,
    Failure,
    Invited,
    Member,
    Page,
    Published,
    Removed,
    Version,
    Versions,
    Workspace,
    read,
    the_answer,
)
from .errors import Ambiguous, CozeError, CozeUnreachable, MissingPermission, NotAToken, RateLimited, refusal
from .wire import called, lost, parsed, refused, segment, twice, whole

T = TypeVar("T")

HOSTS = frozenset({"https://api.coze.cn", "https://api.coze.com"})
CONNECT_SECONDS, TOTAL_SECONDS, MAX_PAGES = 3.0, 10.0, 500
POLL_SECONDS = 1.0  # between looks at a chat under way
_TOKEN = re.compile(r"[!-~]{1,8192}")
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def http_client(network: Network = DIRECT, base_url: str = "") -> httpx.AsyncClient:
    """The pooled client for calls to Coze at `base_url`: no redirects, no compressed answers."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        trust_env=False,
        proxy=network.proxy(base_url),
        verify=network.tls,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30),
        # Uncompressed, so that the cap on the size of answers can't be passed by a small body that grows.
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    )


def checked_base_url(base_url: str, *, playground: bool = False) -> str:
    """The base URL without trailing slash, if it is one of Coze's, or in a playground one of 127.0.0.1.

    Raises ValueError for anything else, so that no token goes to another host.
    """
    base_url = base_url.removesuffix("/")
    parts = urlsplit(base_url)
    local = parts.scheme == "http" and parts.hostname == "127.0.0.1" and "@" not in parts.netloc
    if base_url in HOSTS or (playground and local and base_url == f"http://{parts.netloc}"):
        return base_url
    raise ValueError(f"Coze's base URL must be one of {', '.join(sorted(HOSTS))}")


class CozeClient:
    """Calls to one Coze host. All methods raise `CozeError`; none of them ever carries the token.

    `clock` is Coze's own, as its answers tell. `playground` allows an http address on 127.0.0.1 too; `total` limits a
    whole call, in seconds.
    """

    def __init__(
        self, base_url: str, http: httpx.AsyncClient, *, playground: bool = False, total: float = TOTAL_SECONDS
    ) -> None:
        self.base_url = checked_base_url(base_url, playground=playground)
        self._http, self._total = http, total
        self.clock = HeardClock()
        self._on_sent: Callable[[], None] = lambda: None

    def counted(self, on_sent: Callable[[], None]) -> "CozeClient":
        """The same client for one credential alone: `on_sent` hears of each call, whatever comes of it."""
        twin = copy.copy(self)
        twin._on_sent = on_sent
        return twin

    @property
    def audience(self) -> str:
        """What an assertion for this host has as `aud`: the host, with its port if it is not the usual one."""
        return urlsplit(self.base_url).netloc

    async def me(self, token: SecretStr) -> Account:
        """Whose token it is. Needs no permission."""
        return read(Account, await self._read(token, "/v1/users/me"))

    async def edition(self, token: SecretStr) -> str:
        """Which edition the account has, in Coze's own word. Needs `getBenefit`."""
        return read(Benefits, await self._read(token, "/v1/commerce/benefit/benefits/get")).basic_info.user_level

    async def workspaces(self, token: SecretStr) -> list[Workspace]:
        """All workspaces the account has joined. Needs `listWorkspace`."""
        pages = self._pages(token, "/v1/workspaces", {}, Page[Workspace], size=50)
        return [item async for item in pages]

    async def members(self, token: SecretStr, workspace_id: str) -> AsyncIterator[Member]:
        """Those who have joined a workspace, page by page. Needs `readMember` and the workspace."""
        path = f"/v1/workspaces/{segment(workspace_id)}/members"
        async for member in self._pages(token, path, {}, Page[Member], size=50):
            yield member

    async def invite(self, token: SecretStr, workspace_id: str, user_ids: Sequence[str]) -> Invited:
        """Add up to 20 people as members; in the personal edition they have to accept. Needs `addMember`.

        May be repeated: an open invitation is answered as `already_invited`.
        """
        users = [{"user_id": user_id, "role_type": "member"} for user_id in user_ids]
        path = f"/v1/workspaces/{segment(workspace_id)}/members"
        data = await self._bounded(twice(lambda: self._call(token, "POST", path, None, {"users": users})))
        return read(Invited, data)

    async def remove(self, token: SecretStr, workspace_id: str, user_ids: Sequence[str]) -> Removed:
        """Take up to 5 people out of a workspace; what they own there passes to its owner. Needs `removeMember`.

        May be repeated: who has gone already is answered as not there.
        """
        path = f"/v1/workspaces/{segment(workspace_id)}/members"
        body = {"user_ids": list(user_ids)}
        return read(Removed, await self._bounded(twice(lambda: self._call(token, "DELETE", path, None, body))))

    async def bots(
        self, token: SecretStr, workspace_id: str, connector_id: str | None = None, status: str = "published_online"
    ) -> list[Agent]:
        """The agents of a workspace. Needs `listBot` and the workspace.

        `status`: published_online, published_draft (both for one connector, Coze's default is API), unpublished_draft
        or all.
        """
        query = {"workspace_id": workspace_id, "publish_status": status}
        if connector_id is not None:
            query["connector_id"] = connector_id
        return [item async for item in self._pages(token, "/v1/bots", query, Page[Agent], size=20)]

    async def bots_page(
        self, token: SecretStr, workspace_id: str, number: int = 1, size: int = 20, connector_id: str | None = None
    ) -> Page[Agent]:
        """One page of a workspace's agents, counted from 1, or of those that are online on this connector. The
        smallest is the cheapest call that needs `listBot`. What it answers to a connector that it does not know is
        not documented.
        """
        chosen = {"publish_status": "all"}
        if connector_id is not None:
            chosen = {"publish_status": "published_online", "connector_id": connector_id}
        query = {"workspace_id": workspace_id, **chosen, "page_num": str(number), "page_size": str(size)}
        return read(Page[Agent], await self._read(token, "/v1/bots", query))

    async def bot(self, token: SecretStr, bot_id: str, *, published: bool = True) -> Agent:
        """An agent's published copy, or its draft. Needs `getMetadata`."""
        query = {"is_published": "true" if published else "false"}
        agent = read(Agent, await self._read(token, f"/v1/bots/{segment(bot_id)}", query))
        if agent.id != bot_id:
            raise CozeUnreachable("the answer is about another agent")
        return agent

    async def versions(self, token: SecretStr, bot_id: str, connector_id: str | None = None) -> list[Version]:
        """The newest 30 versions of an agent, newest first, of one connector or of all. Needs `Bot.listVersion`."""
        query = {"page_num": "1", "page_size": "30"}
        if connector_id is not None:
            query["connector_id"] = connector_id
        data = await self._read(token, f"/v1/bots/{segment(bot_id)}/versions", query)
        return read(Versions, data).items

    async def publish(self, token: SecretStr, bot_id: str, connector_ids: Sequence[str]) -> str:
        """Publish an agent's draft and answer the new version. Needs `publish`.

        Sent once. Raises `Ambiguous` when it may have happened: look at the versions before trying again.
        """
        body = {"bot_id": bot_id, "connector_ids": list(connector_ids)}
        try:
            published = await self._once(token, "/v1/bot/publish", body, Published)
        except MissingPermission as refused:
            refused.help = "E5"
            raise
        if published.bot_id not in ("", bot_id):
            raise Ambiguous("the answer is about another agent")
        return published.version

    async def unpublish(self, token: SecretStr, bot_id: str, connector_id: str, reason: str) -> None:
        """Take an agent off a channel, with a reason of up to 1024 characters that Coze shows. Needs `disconnectBot`.
        May be repeated.
        """
        path = f"/v1/bots/{segment(bot_id)}/unpublish"
        body = {"connector_id": connector_id, "unpublish_reason": reason}
        await self._bounded(twice(lambda: self._call(token, "POST", path, None, body)))

    async def settle_review(
        self, token: SecretStr, connector_id: str, bot_id: str, status: int, reason: str = ""
    ) -> None:
        """A channel's verdict: 1 reviewing, 2 passed, 3 rejected. Needs `Connector.botUpdateProfile`, and a token of
        that channel's app. May be repeated.
        """
        path = f"/v1/connectors/{segment(connector_id)}/bots/{segment(bot_id)}"
        body = {"audit_status": status, **({"reason": reason} if reason else {})}
        await self._bounded(twice(lambda: self._call(token, "PUT", path, None, body)))

    async def create_bot(
        self,
        token: SecretStr,
        workspace_id: str,
        name: str,
        description: str = "",
        prompt: str = "",
        prologue: str = "",
        suggested_questions: Sequence[str] = (),
    ) -> str:
        """Create an agent as a draft and answer its id. Needs `createBot` and the workspace.

        Coze takes a name of 1 to 20 characters, a description of 500, a prompt of 20,000, an opening of 300 and
        questions of 50 each. Sent once. Raises `Ambiguous` when it may have happened: look for the agent first.
        """
        body = {
            "space_id": workspace_id,
            "name": name,
            "description": description,
            "prompt_info": {"prompt": prompt},
            "onboarding_info": {"prologue": prologue, "suggested_questions": list(suggested_questions)},
        }
        try:
            return (await self._once(token, "/v1/bot/create", body, Created)).bot_id
        except Ambiguous as lost:
            lost.help = "E15-made"
            raise

    async def copy_bot(self, token: SecretStr, bot_id: str, workspace_id: str) -> CopyBegun:
        """Copy an agent, as a draft, within its enterprise. Needs `Bot.duplicate`, and `Workspace.createBot` there.

        Sent once. Raises `Ambiguous` when it may have happened: look for the copy first, another call makes another.
        """
        body = {"entity_id": bot_id, "entity_type": "bot", "to_workspace_id": workspace_id}
        try:
            begun = await self._once(token, "/v1/entities/copy_tasks", body, CopyBegun)
            if begun.task_id or begun.copied_id:
                return begun
            raise Ambiguous("neither a task nor a copy")
        except Ambiguous as lost:
            lost.help = "E15-copied"
            raise

    async def copy_task(self, token: SecretStr, task_id: str) -> CopyTask:
        """How far a copy is. Needs no permission, but the token of the account that asked for it."""
        return read(CopyTask, await self._read(token, f"/v1/entities/copy_tasks/{segment(task_id)}"))

    async def ask(self, token: SecretStr, bot_id: str, user_id: str, question: str, patience: float = 60.0) -> str:
        """What a published agent answers to one question. Costs chat quota. Needs `chat`, `getChat`, `listMessage`.

        Three calls and one for each further second that the agent takes, `patience` seconds at most. Raises
        `NotPublished` without the API channel, `Unreachable` when the agent takes too long.
        """
        body = {
            "bot_id": bot_id,
            "user_id": user_id,
            "stream": False,
            "auto_save_history": True,
            "additional_messages": [{"role": "user", "content": question, "content_type": "text"}],
        }
        chat = read(Chat, await self._bounded(self._call(token, "POST", "/v3/chat", None, body)))
        query = {"conversation_id": chat.conversation_id, "chat_id": chat.id}
        end = asyncio.get_running_loop().time() + patience
        while not chat.over:
            if asyncio.get_running_loop().time() >= end:
                raise CozeUnreachable("the agent takes too long")
            await asyncio.sleep(POLL_SECONDS)
            chat = read(Chat, await self._read(token, "/v3/chat/retrieve", query))
        if chat.status != "completed":
            failure = chat.failure or Failure()
            raise refusal(failure.code, failure.msg, "")
        return the_answer(await self._read(token, "/v3/chat/message/list", query))

    async def bare(
        self, path: str, body: dict[str, Any], assertion: SecretStr | None = None
    ) -> tuple[int, str, dict[str, Any]]:
        """A call of OAuth, which Coze answers without an envelope: HTTP status, log id and the object. Sent once."""
        return await self._bounded(self._send(assertion, "POST", path, None, body))

    async def _pages(
        self, token: SecretStr, path: str, query: dict[str, str], kind: type[Page[T]], size: int
    ) -> AsyncIterator[T]:
        """All items of a list that counts its pages from 1. Raises Unreachable where they don't hold together."""
        seen, before = 0, None
        for number in range(1, MAX_PAGES + 1):
            page = {**query, "page_num": str(number), "page_size": str(size)}
            found = read(kind, await self._read(token, path, page))
            for item in found.items:
                yield item
            seen += len(found.items)
            if seen >= found.total:
                return
            if not found.items or found.items == before:
                raise CozeUnreachable("the list does not hold what it promises")
            before = found.items

    async def _read(self, token: SecretStr, path: str, query: dict[str, str] | None = None) -> Any:
        return await self._bounded(twice(lambda: self._call(token, "GET", path, query, None)))

    async def _once(self, token: SecretStr, path: str, body: dict[str, Any], kind: type[T]) -> T:
        """A write that must not happen twice. Raises `Ambiguous` where it was sent and nobody can tell."""
        failure: CozeError
        try:
            return read(kind, await self._bounded(self._call(token, "POST", path, None, body, must_be_clear=True)))
        except RateLimited:
            raise
        except CozeUnreachable as lost:
            if not lost.sent:
                raise
            failure = Ambiguous(str(lost.args[0]), code=lost.code, log_id=lost.log_id)
        raise failure

    async def _bounded(self, job: Awaitable[T]) -> T:
        """The time limit of a call, a second try included."""
        try:
            async with asyncio.timeout(self._total):
                return await job
        except TimeoutError:
            pass
        raise CozeUnreachable("timeout")

    async def _call(
        self,
        token: SecretStr,
        method: str,
        path: str,
        query: dict[str, str] | None,
        body: dict[str, Any] | None,
        *,
        must_be_clear: bool = False,
    ) -> Any:
        """`data` of the answer's envelope. Coze's code decides first, the HTTP status second.

        Where it `must_be_clear` they must not differ.
        """
        status, log_id, answer = await self._send(token, method, path, query, body)
        envelope = read(Envelope, answer)
        if must_be_clear and not envelope.is_clear(status):
            raise CozeUnreachable("the answer contradicts itself", log_id=log_id)
        if envelope.code == 0 and status < 400:
            return envelope.data
        raise refused(status, log_id, envelope)

    async def _send(
        self,
        token: SecretStr | None,
        method: str,
        path: str,
        query: dict[str, str] | None,
        body: dict[str, Any] | None,
    ) -> tuple[int, str, dict[str, Any]]:
        """One request; answers HTTP status, log id and the JSON object."""
        with traces.span(called(method, path), "client"):
            headers = {} if token is None else {"Authorization": f"Bearer {_sendable(token)}"}
            request = self._http.build_request(method, self.base_url + path, params=query, json=body, headers=headers)
            is_sent = True  # unless it surely was not; one that nobody waits for any more counts too
            try:
                answer = await self._http.send(request, stream=True)
                try:
                    content = await whole(answer)
                finally:
                    await answer.aclose()
            except httpx.HTTPError as error:
                is_sent = not isinstance(error, _NEVER_SENT)
                failure = lost(error, sent=is_sent)  # raised below: it gets no context, which has the request
            else:
                self.clock.hear(answer.headers.get("date"))
                return parsed(answer, content)
            finally:
                if is_sent:
                    self._on_sent()
            raise failure


def _sendable(token: SecretStr) -> str:
    """The token as a header takes it. Raises NotAToken."""
    value = token.get_secret_value()
    if not _TOKEN.fullmatch(value):
        raise NotAToken("holds characters that no token has")
    return value
