"""Asking Slack who somebody is, and who may decide today."""

import logging
import time
from dataclasses import replace
from typing import Any

from bot.clock import real
from bot.core.errors import Unreachable
from bot.core.people import Person, Standing
from bot.slack.send import Refused, Sender

log = logging.getLogger(__name__)

GROUP_FRESH = 15.0  # seconds that a user group's members count as known; core.people.FRESH comes on top


class Directory:
    """Slack's answer about people. `admins` are user ids; the members of both user groups are admins too.

    The `backup` group is asked when the others are silent.
    """

    def __init__(
        self, sender: Sender, team_id: str, admins: frozenset[str], group: str | None, backup: str | None = None
    ) -> None:
        self._sender, self._team, self._admins = sender, team_id, admins
        self._group, self._backup = group, backup
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def lookup(self, user_id: str) -> Person:
        """The person as Slack knows them now. Raises Unreachable."""
        try:
            return await self.read(await self._sender.user(user_id))
        except Refused as error:
            raise Unreachable(error.code) from error

    async def read(self, user: dict[str, Any]) -> Person:
        """The person behind Slack's user object, and whether they are an admin. Raises Unreachable."""
        person = self.told(user)
        admin = person.user_id in self._admins or person.user_id in await self._in_groups()
        return replace(person, admin=admin)

    def told(self, user: dict[str, Any]) -> Person:
        """The person behind Slack's user object (users.info, user_change, team_join); asks nobody who is an admin."""
        profile = user["profile"] if isinstance(user.get("profile"), dict) else {}
        return Person(
            team_id=self._team,
            user_id=str(user["id"]),
            name=str(profile.get("display_name") or user.get("name") or user["id"])[:200],
            locale=str(user.get("locale") or ""),
            tz=str(user.get("tz") or "Asia/Shanghai"),
            standing=self._standing(user),
            admin=False,
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

    async def backup(self) -> frozenset[str]:
        """Who is asked when the admins are silent. Raises Unreachable."""
        return await self._of(self._backup)

    async def _in_groups(self) -> frozenset[str]:
        return await self._of(self._group) | await self._of(self._backup)

    async def _of(self, group: str | None) -> frozenset[str]:
        if group is None:
            return frozenset()
        asked, members = self._members.get(group, (-GROUP_FRESH, frozenset()))
        if time.monotonic() - asked <= GROUP_FRESH:
            return members
        try:
            members = frozenset(await self._sender.group(group))
        except Refused as error:  # a setting is wrong: nobody but its members may notice
            log.error("the members of user group %s are unknown (%s): ADMIN_GROUP, BACKUP_ADMIN_GROUP", group, error)
            members = frozenset()
        self._members[group] = time.monotonic(), members
        return members
