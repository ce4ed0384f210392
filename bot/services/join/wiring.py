"""Joining the team, with what it needs."""

from collections.abc import Awaitable, Callable

from bot.services.admins import Admins
from bot.services.deployment import Deployment, Resources
from bot.services.job_runner import Handler
from bot.services.workspace_client import WorkspaceClient

from .accounts import Accounts
from .alone import Alone
from .leaving import Leaving
from .membership import Invitations
from .requests import Escalation, Join
from .taking_back import TakingBack


class JoinServices:
    """What people ask (`requests`) and with which account, what admins decide, and what comes of it on Coze."""

    def __init__(
        self,
        resources: Resources,
        deployment: Deployment,
        workspace_client: WorkspaceClient | None,
        admins: Admins,
        backup: Callable[[], Awaitable[frozenset[str]]],
    ) -> None:
        db, clock, channel = resources.db, resources.clock, deployment.admin_channel
        allows, to_coze, running = deployment.self_approval, workspace_client, deployment.running
        self.accounts = Accounts(db, clock, channel, resources.coze)
        rules = running.policy, running.askers
        self.requests = Join(db, clock, channel, self.accounts, to_coze, *rules, self_approval=allows)
        self.alone = Alone(db, clock, channel, admins, self_approval=allows)
        self.invitations = Invitations(db, clock, channel, self.accounts, to_coze)
        self.taking_back = TakingBack(db, clock, channel, to_coze)
        self.escalation = Escalation(db, clock, channel, running.policy, backup)
        self.leaving = Leaving(db, clock, channel, to_coze, deployment.time)

    def job_handlers(self) -> dict[str, Handler]:
        """What happens later, by the kind of job."""
        return {
            "verify": self.invitations.verify,
            "alone": self.alone.look,
            "invite": self.invitations.invite,
            "watch": self.invitations.watch,
            "uninvite": self.taking_back.uninvite,
            "whose": self.accounts.settle,
            "wait": self.escalation.wait,
            "remove": self.leaving.take_out,
            "gone": self.leaving.settle,
            "check": self.leaving.check,
        }
