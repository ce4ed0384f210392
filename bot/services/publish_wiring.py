"""Agents on their way to the channel, with what they need."""

from collections.abc import Awaitable, Callable

from .agent_list import AgentLists
from .agents import Agents
from .channel_client import ChannelClient
from .deployment import Deployment, Resources
from .freeze import Freezes
from .job_runner import Handler
from .publish import Publish
from .publish_checks import PublishChecks
from .refusals import Refusals
from .review import Reviews
from .review_jobs import ReviewJobs
from .unpublish import Unpublish
from .workspace_client import DelegatedClients, WorkspaceClient


class PublishServices:
    """Agents and their lists, their checks, the way into the channel and out of it. `reviews` are those of the
    channel's owner; None without its app.
    """

    def __init__(
        self,
        resources: Resources,
        deployment: Deployment,
        workspace_client: WorkspaceClient | None,
        delegated: DelegatedClients | None,
        refusals: Refusals,
    ) -> None:
        db, clock, team = resources.db, resources.clock, resources.team
        self.agents = Agents(db, clock, workspace_client, delegated)
        self.agent_lists = AgentLists(db, clock, self.agents, team)
        self.freezes = Freezes(db, clock, team, deployment.admin_channel, deployment.time)
        self.checks = PublishChecks(db, self.agents, self.freezes)
        self.unpublish = Unpublish(db, clock, self.agents)
        self.publish = Publish(db, clock, refusals, self.agents, self.checks, deployment.running.announce_channel)
        self.reviews: Reviews | None = None
        self._review_jobs: dict[str, Handler] = {}

    def review(
        self,
        resources: Resources,
        deployment: Deployment,
        channel_client: ChannelClient,
        workspace_client: WorkspaceClient | None,
        backup: Callable[[], Awaitable[frozenset[str]]],
    ) -> None:
        """Take the reviews of the channel too."""
        db, clock, running = resources.db, resources.clock, deployment.running
        desk, policy = running.review_channel, running.policy
        self.reviews = Reviews(db, clock, resources.team, desk, policy, own=deployment.self_approval)
        rules = channel_client, workspace_client, policy, running.auto, backup, running.announce_channel
        self._review_jobs = ReviewJobs(db, clock, desk, *rules).handlers()

    def job_handlers(self) -> dict[str, Handler]:
        """What happens later, by the kind of job."""
        return {
            "agents": self.agent_lists.read,
            "publish": self.publish.submit,
            "unpublish": self.unpublish.submit,
            "freeze": self.freezes.watch,
            "follow": self.publish.follow,
            **self._review_jobs,
        }
