"""Asking Slack who somebody is, and who may decide today."""

import time
from typing import Any

from bot.clock import real
from bot.core.errors import Unreachable
from bot.core.people import Person, Standing
from bot.slack.send import Refused, Sender

GROUP_FRESH = 60.0  # seconds that a user group's members count as known


class Directory:
    """Slack's answer about people. `admins` are user ids, `group` is a user group whose members are admins too."""

    def __init__(self, sender: Sender, team_id: str, admins: frozenset[str], group: str | None) -> None:
        self._sender, self._team, self._admins, self._group = sender, team_id, admins, group
        self._members: frozenset[str] = frozenset()
        self._asked = -GROUP_FRESH

    async def lookup(self, user_id: str) -> Person:
        """The person as Slack knows them now. Raises Unreachable."""
        try:
            return await self.read(await self._sender.user(user_id))
        except Refused as error:
            raise Unreachable(error.code) from error

    async def read(self, user: dict[str, Any]) -> Person:
        """The person behind Slack's user object (users.info, user_change, team_join). Raises Unreachable."""
        profile = user.get("profile") or {}
        return Person(
            team_id=self._team,
            user_id=str(user["id"]),
            name=str(profile.get("display_name") or user.get("name") or user["id"])[:200],
            locale=str(user.get("locale") or ""),
            tz=str(user.get("tz") or "Asia/Shanghai"),
            standing=self._standing(user),
            admin=user["id"] in self._admins or user["id"] in await self._in_group(),
            seen_at=real(),
        )

    def _standing(self, user: dict[str, Any]) -> Standing:
        if user.get("deleted"):
            return Standing.DEACTIVATED
        if user.get("is_bot"):
            return Standing.BOT
        if user.get("is_stranger") or user.get("team_id", self._team) != self._team:
            return Standing.STRANGER
        if user.get("is_restricted") or user.get("is_ultra_restricted"):
            return Standing.GUEST
        return Standing.MEMBER

    async def _in_group(self) -> frozenset[str]:
        if self._group and time.monotonic() - self._asked > GROUP_FRESH:
            try:
                self._members = frozenset(await self._sender.group(self._group))
            except Refused as error:
                raise Unreachable(error.code) from error
            self._asked = time.monotonic()
        return self._members
