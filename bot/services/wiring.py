"""Every verb of the bot, with what it needs."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.core.people import Person

from .admins import Admins
from .audit_chain import AuditChain
from .calls import Calls
from .channel_client import ChannelClient
from .deployment import Deployment, Resources
from .desk_wiring import DeskServices
from .digest import MondayDigest
from .guide.check import CheckTools
from .guide.wiring import GuideServices
from .housekeeping import Housekeeping
from .job_runner import Handler
from .join.wiring import JoinServices
from .overview import Overview
from .owner_credential import OwnerWatch
from .people import Greeting, People
from .personal_data import PersonalData
from .preflight import Preflight
from .preflight_checks import SlackFacts
from .publish_wiring import PublishServices
from .refusals import Refusals
from .remind import Reminders
from .report import Reports
from .review import LOOK as REVIEW_LOOK
from .review import VERDICT
from .review import WAIT as REVIEW_WAIT
from .secret_wiring import SecretServices
from .setting_following import KIND as SETTINGS
from .setting_following import SettingFollowing
from .settings_watch import SettingsWatch
from .sign_in import SignIns
from .talk import Talk
from .token_wiring import TokenServices
from .workspace_client import WorkspaceClient

BY_SETTINGS = frozenset(
    {"wait", "alone", "remind", "replan", "follow", "preflight", SETTINGS, REVIEW_LOOK, REVIEW_WAIT, VERDICT}
)
"""Kinds of jobs that go by settings that admins change."""


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
        db, clock, team = resources.db, resources.clock, resources.team
        self.admin_channel, self.workspace = deployment.admin_channel, deployment.workspace
        self.running, self._following = deployment.running, SettingFollowing(db, clock, team)
        self.running.follow, self.running.labels = self._following.follow, resources.texts.labels
        reminders, channel = Reminders(clock, deployment.running.timetable), deployment.admin_channel
        self.people = People(db, clock, team, lookup, deployment.language, reminders, self.running.renamed)
        self.admins = Admins(db, self.people, named, deployment.deputies)
        self.greeting = Greeting(clock, self.people, wanted=deployment.greets)
        self.overview, self.refusals = Overview(db, team), Refusals(db, clock, team, channel)
        self.tokens = TokenServices(resources, deployment, reminders, self.overview)
        about = deployment.configured, self.tokens.credentials, deployment.owner_ends
        self.owner = OwnerWatch(db, clock, team, *about)
        client = workspace_client and replace(workspace_client, told=self.owner.heard)
        self.join = JoinServices(resources, deployment, client, self.admins, backup)
        self.secrets = SecretServices(resources, deployment, self.join.accounts)
        self.publish = PublishServices(resources, deployment, client, self.secrets.delegated, self.refusals)
        if channel_client:
            self.publish.review(resources, deployment, channel_client, client, backup)
        self.personal_data = PersonalData(db, clock, channel, self.join.accounts)
        self.guide = GuideServices(db, self._check_tools(resources, deployment, client), resources.texts)
        self.reports = Reports(db, clock, channel)
        self.talk = Talk(db, clock, self.join.requests, self.reports)
        kept = self.join.accounts, self.secrets.sign_ins
        self.sign_ins = SignIns(db, clock, resources.coze, self.secrets.app, channel, *kept, self.guide.guides)
        self.preflight = Preflight(db, clock, team, self.running.configured, slack, client)
        self.calls = Calls(db, clock, team, client)
        self.desk = DeskServices(resources, deployment, client, self.join.leaving)
        self.digest = MondayDigest(db, clock, team, channel, deployment.work_zone)
        self.audit_chain = AuditChain(db, clock, deployment.audit_days)
        self.housekeeping = self._housekeeping(resources, deployment, is_joining=client is not None)

    def _housekeeping(self, resources: Resources, deployment: Deployment, *, is_joining: bool) -> Housekeeping:
        db, clock, team = resources.db, resources.clock, resources.team
        first_checks = {team: self.join.leaving.next_check(clock.now())} if is_joining else {}
        watch = SettingsWatch(clock, team, deployment.marks)
        looks = (
            self.preflight,
            self.calls,
            self.owner,
            self.tokens.remind,
            self.publish.agent_lists,
            self.digest,
            watch,
        )
        return Housekeeping(db, clock, self.secrets.store, self.audit_chain, first_checks, *looks)

    def _check_tools(
        self, resources: Resources, deployment: Deployment, client: WorkspaceClient | None
    ) -> CheckTools:
        tokens, accounts = self.tokens, self.join.accounts
        known = tokens.checker, tokens.credentials, accounts, self.secrets.store
        return CheckTools(resources.clock, resources.coze, *known, client, deployment.workspace)

    def job_handlers(self) -> dict[str, Handler]:
        """Everything that happens later, by the kind of job."""
        return {
            **self.join.job_handlers(),
            **self.tokens.job_handlers(),
            **self.secrets.job_handlers(),
            **self.publish.job_handlers(),
            **self.guide.job_handlers(),
            **self.desk.job_handlers(),
            "edition": self.calls.learn,
            "sign_in": self.sign_ins.follow,
            "greet": self.greeting.greet,
            "purge": self.housekeeping.purge,
            "digest": self.digest.tell,
            "preflight": self.preflight.look,
            SETTINGS: self._following.redraw,
        }

    def fresh(self, handlers: dict[str, Handler]) -> dict[str, Handler]:
        """The same; those that go by settings that admins change look at them first."""
        return {kind: self.running.fresh(each) if kind in BY_SETTINGS else each for kind, each in handlers.items()}
