"""Asking Slack who somebody is, and who may decide today."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.clock import utc_now
from bot.core.errors import SlackRefused, Unreachable
from bot.core.people import Person, Standing, is_zone, zone_at
from bot.core.setting import Askers
from bot.services.setting import InForce
from bot.slack import manifest
from bot.slack.connection import Identity
from bot.slack.events_wire import profile_of
from bot.slack.happenings import SlackProfile
from bot.slack.send import Sender, part_of

log = logging.getLogger(__name__)

UNSEEN = frozenset({"user_not_found", "user_not_visible"})
"""Slack's words for somebody who is none of this workspace's people."""

GROUP_FRESH = 15.0  # seconds that the members of a group or channel count as known; core.people.FRESH comes on top


class Directory:
    """Slack's answer about people. `look` tells whom the settings name now; the members of both user groups are
    admins too.

    The `backup` group is asked when the others are silent; `deputies` decide about the only admin's own request.
    `zone` is that of somebody of whom Slack tells none.
    """

    def __init__(
        self,
        sender: Sender,
        identity: Identity,
        zone: str,
        look: Callable[[], Awaitable[InForce]],
        group: str | None,
        backup: str | None = None,
        deputies: frozenset[str] = frozenset(),
    ) -> None:
        self._sender, self._team, self._zone, self._look = sender, identity.team_id, zone, look
        self._org = identity.enterprise_id if identity.is_org_wide else ""
        self._group, self._backup, self._deputies = group, backup, deputies
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def lookup(self, user_id: str) -> Person:
        """The person as Slack knows them now. Raises Unreachable, SlackRefused.

        Whom Slack does not know, or not show to the bot, has no part in this workspace.
        """
        try:
            user = await self._sender.user(user_id)
        except SlackRefused as error:
            if error.code not in UNSEEN:
                raise
            return self.told(SlackProfile(user_id, is_stranger=True))
        profile = profile_of(user)
        if profile is None:
            raise Unreachable("users.info answers with no user")
        return await self.authorised(self.told(profile))

    async def authorised(self, person: Person) -> Person:
        """The person, and whether they are an admin today, or a deputy, or may ask to join. Raises Unreachable."""
        now, whose = await self._look(), person.user_id
        is_admin = whose in now.admins or whose in await self._in_groups()
        may_ask = now.askers.name if await self._is_among(now.askers, whose) else ""
        return replace(person, admin=is_admin, deputy=whose in self._deputies, may_ask=may_ask)

    async def _is_among(self, askers: Askers, user_id: str) -> bool:
        for group in askers.groups:
            if user_id in await self._of(group):
                return True
        for channel in askers.channels:
            if user_id in await self._known(channel, self._in_channel):
                return True
        return False

    def told(self, profile: SlackProfile) -> Person:
        """The person behind what Slack tells; asks nobody whether they are an admin."""
        return Person(
            team_id=self._team,
            user_id=profile.user_id,
            name=profile.name or profile.user_id,
            locale=profile.locale,
            tz=profile.tz if is_zone(profile.tz) else zone_at(profile.tz_offset) or self._zone,
            standing=self._standing(profile),
            admin=False,
            seen_at=utc_now(),
        )

    def _standing(self, profile: SlackProfile) -> Standing:
        if profile.is_deleted:
            return Standing.DEACTIVATED
        if profile.is_bot:
            return Standing.BOT
        if not self._belongs(profile):
            return Standing.STRANGER
        if profile.is_restricted:
            return Standing.GUEST
        return Standing.MEMBER

    def _belongs(self, profile: SlackProfile) -> bool:
        """Whether somebody is of this workspace. On an Enterprise Grid the list of all their workspaces says so, and
        the one that is named may be any; `is_stranger` is false for a partner in a shared channel as well
        (docs.slack.dev/reference/objects/user-object).
        """
        if self._team in (profile.teams or ()) or (self._org and profile.enterprise_id == self._org):
            return True
        is_untold = not (profile.team_id or profile.teams)  # of a person whom the bot may ask about where it works
        return not profile.is_stranger and (is_untold or profile.team_id == self._team)

    def is_unsure(self, profile: SlackProfile) -> bool:
        """Whether an event names another workspace and not all of the person's, so that Slack has to be asked."""
        is_foreign = profile.team_id not in ("", self._team)
        return is_foreign and profile.teams is None and not (profile.is_stranger or profile.is_deleted)

    async def channel(self, channel_id: str) -> tuple[bool, bool]:
        """Whether the bot is in the channel, and whether it is archived. Raises Unreachable, SlackRefused."""
        found = await self._sender.channel(channel_id)
        return found.get("is_member") is True, found.get("is_archived") is True

    def missing_scopes(self) -> list[str]:
        """What the app was not installed with, of all that its manifest names; nothing where Slack does not tell."""
        granted = self._sender.scopes
        return [] if granted is None else [each for each in manifest.read_scopes() if each not in granted]

    def is_deaf(self, channel_id: str) -> bool:
        """Whether nothing that is written in the channel comes here."""
        return self._sender.hearing.is_deaf(channel_id)

    async def standing(self, user_id: str) -> Standing:
        """What somebody is in this workspace. Raises Unreachable, SlackRefused."""
        profile = profile_of(await self._sender.user(user_id))
        if profile is None:
            raise Unreachable("users.info answers with no user")
        return self._standing(profile)

    async def group(self, group_id: str) -> frozenset[str]:
        """Who is in a user group now. Raises Unreachable, SlackRefused."""
        return frozenset(await self._sender.group(group_id))

    async def backup(self) -> frozenset[str]:
        """Who is asked when the admins are silent. Raises Unreachable."""
        return await self._of(self._backup)

    async def named(self) -> frozenset[str]:
        """Whom the settings name to decide, as people or as members of groups, asked anew. Raises Unreachable."""
        self._members.clear()
        return frozenset((await self._look()).admins) | await self._in_groups()

    async def _in_groups(self) -> frozenset[str]:
        return await self._of(self._group) | await self._of(self._backup)

    async def _of(self, group: str | None) -> frozenset[str]:
        return frozenset() if group is None else await self._known(group, self._sender.group)

    async def _in_channel(self, channel: str) -> list[str]:
        found, cursor, is_more = list[str](), "", True
        while is_more:
            answer = await self._sender.members(channel, cursor)
            found += part_of(answer, "members")
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            is_more = bool(cursor)
        return found

    async def _known(self, place: str, ask: Callable[[str], Awaitable[list[str]]]) -> frozenset[str]:
        """Who is in a user group, or a channel. Raises Unreachable."""
        asked, members = self._members.get(place, (-GROUP_FRESH, frozenset()))
        if time.monotonic() - asked <= GROUP_FRESH:
            return members
        try:
            members = frozenset(await ask(place))
        except SlackRefused as error:  # a setting is wrong: nobody but its members may notice
            names = "ADMIN_GROUP, BACKUP_ADMIN_GROUP, MAY_ASK"
            log.error("the members of %s are unknown (%s): %s", place, error, names)
            members = frozenset()
        self._members[place] = time.monotonic(), members
        return members
