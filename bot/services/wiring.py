"""Every verb of the bot, with what it needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.core.people import Person
from bot.core.remind import Timetable
from bot.core.review import AutoApproval
from bot.coze.client import CozeClient
from bot.coze.keys import KeyProof
from bot.store.cipher import Keyring
from bot.store.database import Database
from bot.texts.catalogue import Language
from bot.texts.guide import GuideTexts

from .admins import Admins
from .agent_list import AgentLists
from .agents import Agents
from .backup import Backups
from .calls import Calls
from .channel_client import ChannelClient
from .credential import Credentials
from .digest import MondayDigest
from .expiring import ExpiringTokens
from .forecast import Forecasts
from .freeze import Freezes
from .guide.check import CheckTools
from .guide.wiring import GuideServices
from .housekeeping import Housekeeping
from .job_runner import Handler
from .join.accounts import Accounts
from .join.alone import Alone
from .join.leaving import Leaving
from .join.membership import Invitations
from .join.requests import Escalation, EscalationPolicy, Join
from .join.taking_back import TakingBack
from .kept_sign_in import KeptSignIns
from .kept_watch import KeptWatch
from .oauth_key import OauthKeys
from .orphan import Orphans
from .overview import Overview
from .owner_credential import OwnerWatch
from .people import Greeting, People
from .personal_data import PersonalData
from .preflight import Preflight
from .preflight_checks import Configured, SlackFacts
from .publish import Publish
from .publish_checks import PublishChecks
from .refusals import Refusals
from .remind import Remind, Reminders
from .renewal import Renewals
from .report import Reports
from .review import Reviews
from .review_jobs import ReviewJobs
from .secret_store import SecretStore
from .sign_in import SignInApp, SignIns
from .talk import Talk
from .token_checker import TokenChecker
from .unpublish import Unpublish
from .workspace_client import DelegatedClients, WorkspaceClient


@dataclass(frozen=True)
class Resources:
    """What the bot stands on, opened and answering; `team` is the Slack workspace."""

    db: Database
    clock: Clock
    team: str
    coze: CozeClient
    proof: KeyProof
    texts: GuideTexts


@dataclass(frozen=True)
class Deployment:
    """What the operator decided. `sign_in_client` is the app on Coze that people sign in to; `workspace` and
    `connector` are Coze's numbers. What is not known is empty.
    """

    admin_channel: str
    deputies: tuple[str, ...]
    self_approval: bool
    language: Language
    work_zone: str
    timetable: Timetable
    policy: EscalationPolicy
    greets: bool
    public_url: str | None
    keys: Keyring | None
    sign_in_client: str
    workspace: str
    connector: str
    configured: Configured
    owner_ends: str
    review_channel: str
    announce_channel: str
    auto: AutoApproval


class Services:
    """The verbs. `lookup` asks Slack who somebody is, `named` who decides, `backup` who is asked when those are
    silent, `slack` what shows whether the settings are true.
    """

    def __init__(
        self,
        resources: Resources,
        deployment: Deployment,
        workspace_client: WorkspaceClient | None,
        channel_client: ChannelClient | None,
        lookup: Callable[[str], Awaitable[Person]],
        named: Callable[[], Awaitable[frozenset[str]]],
        backup: Callable[[], Awaitable[frozenset[str]]],
        slack: SlackFacts,
    ) -> None:
        db, clock, coze, team = resources.db, resources.clock, resources.coze, resources.team
        channel, language, policy = deployment.admin_channel, deployment.language, deployment.policy
        self.admin_channel, self.workspace = channel, deployment.workspace
        reminders = Reminders(clock, deployment.timetable)
        self.people = People(db, clock, team, lookup, language, reminders)
        self.admins = Admins(db, self.people, named, deployment.deputies)
        self.greeting = Greeting(clock, self.people, wanted=deployment.greets)
        self.overview, self.expiring = Overview(db, team), ExpiringTokens(db, clock)
        self.forecasts = Forecasts(db, clock, deployment.timetable, deployment.work_zone)
        self.refusals = Refusals(db, clock, team, channel)
        self.credentials = Credentials(db, clock, reminders)
        about = deployment.configured, self.credentials, deployment.owner_ends
        self.owner = OwnerWatch(db, clock, team, *about)
        workspace_client = workspace_client and replace(workspace_client, told=self.owner.heard)
        self.accounts = Accounts(db, clock, channel, coze)
        self.personal_data = PersonalData(db, clock, channel, self.accounts)
        allows = deployment.self_approval
        self.join = Join(db, clock, channel, self.accounts, workspace_client, policy, self_approval=allows)
        self.alone = Alone(db, clock, channel, self.admins, self_approval=allows)
        self.invitations = Invitations(db, clock, channel, self.accounts, workspace_client)
        self.taking_back = TakingBack(db, clock, channel, workspace_client)
        self.escalation = Escalation(db, clock, channel, policy, backup)
        self.leaving = Leaving(db, clock, channel, workspace_client, deployment.work_zone)
        keys, app = deployment.keys, _sign_in_app(deployment)
        self.kept_sign_ins = KeptSignIns(db, clock, coze, keys, deployment.sign_in_client)
        keeping = keys, deployment.public_url, language, self.kept_sign_ins
        self.secret_store = SecretStore(db, clock, coze, resources.proof, self.accounts, *keeping)
        self.remind, self.checker = Remind(db, clock, team, reminders), TokenChecker(coze)
        self.oauth_keys = OauthKeys(db, clock, self.credentials)
        self.renewals = Renewals(db, clock, self.overview, self.checker)
        self.backups = Backups(db, clock)
        self.orphans = Orphans(db, clock, channel, self.remind, self.credentials, self.backups)
        self.kept_watch = KeptWatch(db, clock, self.secret_store)
        delegated_clients = _delegated_clients(coze, self.secret_store, deployment, self.kept_watch)
        self.agents = Agents(db, clock, workspace_client, delegated_clients)
        self.agent_lists = AgentLists(db, clock, self.agents, team)
        self.freezes = Freezes(db, clock, team, channel, policy.time)
        self.publish_checks = PublishChecks(db, self.agents, self.freezes)
        self.unpublish = Unpublish(db, clock, self.agents)
        told_in = deployment.announce_channel
        self.publish = Publish(db, clock, self.refusals, self.agents, self.publish_checks, told_in)
        self.reviews: Reviews | None = None
        self._review_jobs: dict[str, Handler] = {}
        if channel_client:
            desk = deployment.review_channel
            self.reviews = Reviews(db, clock, team, desk, policy, own=allows)
            whom = channel_client, workspace_client, policy, deployment.auto, backup, told_in
            self._review_jobs = ReviewJobs(db, clock, desk, *whom).handlers()
        with_whom = clock, coze, self.checker, self.credentials, self.accounts, self.secret_store
        tools = CheckTools(*with_whom, workspace_client, deployment.workspace)
        self.guide, self.reports = GuideServices(db, tools, resources.texts), Reports(db, clock, channel)
        self.talk = Talk(db, clock, self.join, self.reports)
        self.sign_ins = SignIns(db, clock, coze, app, channel, self.accounts, self.kept_sign_ins, self.guide.guides)
        first_checks = {team: self.leaving.next_check(clock.now())} if workspace_client else {}
        self.preflight = Preflight(db, clock, team, deployment.configured, slack, workspace_client)
        self.calls = Calls(db, clock, team, workspace_client)
        self.digest = MondayDigest(db, clock, team, channel, deployment.work_zone)
        plans = self.preflight, self.calls, self.owner, self.remind, self.agent_lists, self.digest
        self.housekeeping = Housekeeping(db, clock, self.secret_store, first_checks, *plans)

    def job_handlers(self) -> dict[str, Handler]:
        """Everything that happens later, by the kind of job."""
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
            "edition": self.calls.learn,
            "agents": self.agent_lists.read,
            "remind": self.orphans.ring,
            "backup": self.orphans.unanswered,
            "replan": self.remind.replan,
            "publish": self.publish.submit,
            "unpublish": self.unpublish.submit,
            "freeze": self.freezes.watch,
            "follow": self.publish.follow,
            "forget": self.secret_store.end,
            "renew": self.kept_sign_ins.renew,
            "look": self.kept_watch.look,
            "sign_in": self.sign_ins.follow,
            "lapse": self.secret_store.lapse,
            "guide": self.guide.following.follow,
            "guides": self.guide.following.wake,
            "asked": self.guide.following.unanswered,
            "copy": self.guide.copying.follow,
            "greet": self.greeting.greet,
            "purge": self.housekeeping.purge,
            "digest": self.digest.tell,
            "preflight": self.preflight.look,
            **self._review_jobs,
        }


def _sign_in_app(deployment: Deployment) -> SignInApp | None:
    """What people sign in to; None where the operator has set up nothing for it."""
    if not deployment.sign_in_client or deployment.keys is None:
        return None
    return SignInApp(deployment.sign_in_client, deployment.keys, deployment.workspace)


def _delegated_clients(
    coze: CozeClient, secret_store: SecretStore, deployment: Deployment, watch: KeptWatch
) -> DelegatedClients | None:
    """Publishing with members' own kept tokens; None where none can be kept."""
    return (
        DelegatedClients(coze, secret_store, deployment.workspace, deployment.connector, watch.heard)
        if deployment.keys and deployment.workspace and deployment.connector
        else None
    )
