"""Files at Slack: put into a talk, fetched from one, deleted. What they hold is only in memory."""

from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.core.errors import SlackRefused, Unreachable
from bot.network import reason
from bot.slack.connection import Connection
from bot.slack.send import Sender, part_of

HOST = "files.slack.com"
LARGEST = 10_000_000  # bytes of a picture; what phones take of a screen has less than a fifth of it
FETCH = 15  # seconds for all of it
CHUNK = 65_536  # bytes read at once

NO_PICTURE, TOO_LARGE, NO_ACCESS = "no_picture", "too_large", "no_access"
"""Why a file is not handed on, where Slack has no word for it."""

_SIGNS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF87a": "gif", b"GIF89a": "gif"}
"""How pictures begin, and what they are."""


def kind_of(content: bytes) -> str:
    """What sort of picture it is by its first bytes, whatever it is called; "" for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for sign, kind in _SIGNS.items() if content.startswith(sign)), "")


def _place(url: str) -> tuple[str, str]:
    """How and where an address leads."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or ""


class Files:
    """What the bot does with them, by the optional rights `files:read` and `files:write`."""

    def __init__(self, slack: Connection, sender: Sender) -> None:
        self._slack, self._sender = slack, sender
        api = urlsplit(slack.client.base_url).hostname
        self._places = {("https", HOST)} | ({_place(slack.client.base_url)} if api != "slack.com" else set())

    @property
    def may_hand_on(self) -> bool:
        """Whether both rights were granted, as Slack told at the start."""
        return {"files:read", "files:write"} <= (self._sender.scopes or frozenset())

    async def share(self, user_id: str, name: str, text: str) -> str:
        """Put a text as a file into the DM with this person; its id. Raises SlackRefused, Unreachable, Backoff."""
        channel = await self._sender.open_dm(user_id)
        return await self._upload(channel=channel, filename=name, title=name, content=text)

    async def put(self, channel: str, thread: str, name: str, content: bytes, comment: str) -> str:
        """Put a picture below the message of ts `thread`; its id. Raises SlackRefused, Unreachable, Backoff."""
        where = {"channel": channel, "thread_ts": thread}
        return await self._upload(**where, filename=name, title=name, file=content, initial_comment=comment)

    async def _upload(self, **file: Any) -> str:
        try:
            answer = await self._slack.client.files_upload_v2(**file)
        except SlackApiError as error:
            raise await self._sender.refusal("files.completeUploadExternal", error) from None
        except (SlackRequestError, TimeoutError, aiohttp.ClientError, AttributeError, UnicodeDecodeError) as error:
            raise Unreachable(type(error).__name__) from None
        return str(part_of(part_of(answer, "file"), "id"))

    async def delete(self, file_id: str) -> None:
        """Delete a file of the bot's. Raises SlackRefused, Unreachable, Backoff."""
        await self._sender.call("files.delete", file=file_id)

    async def below(self, channel: str, thread: str, begins: str) -> str | None:
        """The id of the bot's file whose name `begins` so and that stands below that message; None if none does.

        Raises SlackRefused, Unreachable, Backoff.
        """
        method, cursor, mine = "conversations.replies", "", self._slack.identity.bot_user_id
        while True:
            await self._sender.turn(method)
            page = await self._sender.call(method, channel=channel, ts=thread, limit=200, cursor=cursor)
            files = (each for found in part_of(page, "messages") for each in found.get("files") or [])
            for each in files:
                if each.get("user") == mine and str(each.get("name")).startswith(begins):
                    return str(part_of(each, "id"))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def fetch(self, file_id: str, owner: str) -> bytes:
        """A picture that `owner` has put into their talk with the bot.

        Raises SlackRefused (with Slack's word, or one of those above), Unreachable, Backoff.
        """
        file = part_of(await self._sender.call("files.info", file=file_id), "file")
        if file.get("user") != owner or not isinstance(file.get("url_private"), str):
            raise SlackRefused(NO_ACCESS)
        content = await self._content(file["url_private"])
        if not kind_of(content):
            raise SlackRefused(NO_PICTURE)
        return content

    async def _content(self, url: str) -> bytes:
        """The bot's token goes to Slack's own host alone, and no further: a redirect is not followed."""
        session, client = self._slack.client.session, self._slack.client
        if session is None or _place(url) not in self._places:
            raise SlackRefused(NO_ACCESS)
        headers = {"Authorization": f"Bearer {client.token}"}
        how: dict[str, Any] = {"headers": headers, "proxy": self._slack.network.proxy(url), "allow_redirects": False}
        try:
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=FETCH), **how) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise Unreachable(f"HTTP {answer.status}")
                if answer.status != 200:
                    raise SlackRefused(NO_ACCESS)
                content = bytearray()
                async for chunk in answer.content.iter_chunked(CHUNK):
                    content += chunk
                    if len(content) > LARGEST:
                        raise SlackRefused(TOO_LARGE)
                return bytes(content)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise Unreachable(reason(error)) from None
