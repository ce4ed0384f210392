"""The list of members of the workspace on Coze, read once for all who look within a minute."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from bot.core.calls import MINUTE
from bot.coze.answers import Member


class MemberList:
    """As far as it was read. Times are simulated: it ages by the clock that looks are planned by."""

    def __init__(self) -> None:
        self._reading = asyncio.Lock()
        self._found: dict[str, Member] = {}
        self._rest: AsyncIterator[Member] | None = None
        self._begun: datetime | None = None

    def forget(self) -> None:
        """The next who looks reads it anew."""
        self._begun = None

    async def find(self, coze_uid: str, now: datetime, begin: Callable[[], AsyncIterator[Member]]) -> Member | None:
        """One account, None if it is not there. Raises CozeError."""
        async with self._reading:
            if self._begun is None or not timedelta() <= now - self._begun < MINUTE:
                self._found, self._rest, self._begun = {}, begin(), now
            try:
                await self._read_on(coze_uid)
            except BaseException:
                self._begun = None
                raise
            return self._found.get(coze_uid)

    async def _read_on(self, coze_uid: str) -> None:
        while coze_uid not in self._found and self._rest is not None:
            member = await anext(self._rest, None)
            if member is None:
                self._rest = None
            else:
                self._found[member.user_id] = member
