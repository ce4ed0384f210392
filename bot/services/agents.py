"""Whose agents in the ShargeAI workspace may be published, and with which credential."""

from bot.clock import Clock
from bot.core.people import Person
from bot.core.publish import NoCredential, NotJoined, NotProven
from bot.coze.answers import Agent
from bot.store import audit, people
from bot.store import join as requests
from bot.store.agent_list import Own, Place
from bot.store.database import Database, Reading

from .workspace_client import DelegatedClients, WorkspaceClient

MADE = "agent.create"  # in the audit: who had the bot make which agent


class Agents:
    """`workspace_client` is None where the bot has no credential: then `delegated_clients` act for people who have us
    keep one of theirs.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        workspace_client: WorkspaceClient | None,
        delegated_clients: DelegatedClients | None = None,
    ) -> None:
        self._db, self._clock = db, clock
        self._workspace_client, self._delegated_clients = workspace_client, delegated_clients

    @property
    def may_act_for_people(self) -> bool:
        """Whether people may have a token of theirs kept for this."""
        return self._delegated_clients is not None

    async def looks_rarely(self) -> bool:
        """Whether a review is looked at rarely, as calls are few: with people's own tokens nobody knows."""
        return self._workspace_client is None or await self._workspace_client.looks_rarely()

    @property
    def has_operator(self) -> bool:
        """Whether the bot has a credential of its own."""
        return self._workspace_client is not None

    def place(self, team_id: str, user_id: str) -> Place | None:
        """Which stored list this person's agents stand in; None where the bot acts for nobody. With the operator's
        credential it is everybody's, else of what their own has listed."""
        acting = self._workspace_client or self._delegated_clients
        return Place(team_id, acting.workspace_id, "" if self.has_operator else user_id) if acting else None

    async def own(self, who: Person) -> Own:
        """Whose agents are theirs, as far as is known without a call: of the account that is theirs, and those that
        the bot made for them."""
        async with self._db.read() as conn:
            request = await requests.latest(conn, who.team_id, who.user_id)
            made = await self._made(conn, who.team_id, who.user_id)
        uid = request.coze_uid if request and request.may_publish else who.coze_uid
        return Own(uid or "", made)

    async def is_theirs(self, team_id: str, user_id: str, coze_uid: str, agent: Agent) -> bool:
        """Whether the agent is this account's, or was made for this person by the bot."""
        async with self._db.read() as conn:
            return agent.owner_id == coze_uid or agent.id in await self._made(conn, team_id, user_id)

    async def _made(self, conn: Reading, team_id: str, user_id: str) -> frozenset[str]:
        made = await audit.subjects(conn, team_id, user_id, MADE)
        return frozenset(each.partition(":")[2] for each in made)

    async def client(self, team_id: str, user_id: str) -> WorkspaceClient:
        """What the person's agents are looked at with. Raises NoCredential."""
        workspace_client = await self.acting_for(team_id, user_id, "agents")
        if workspace_client is None or not workspace_client.connector_id:
            raise NoCredential
        return workspace_client

    async def acting_for(self, team_id: str, user_id: str, what_for: str) -> WorkspaceClient | None:
        """What acts for the person, or None. `what_for` is written down where it is theirs."""
        if self._workspace_client or not self._delegated_clients:
            return self._workspace_client
        return await self._delegated_clients.of(team_id, user_id, what_for)

    async def account(self, team_id: str, user_id: str) -> str:
        """The account with which this person may publish: proven to be theirs, and in the team.

        Raises NotJoined, NotProven, CozeError.
        """
        async with self._db.read() as conn:
            request = await requests.latest(conn, team_id, user_id)
            person = await people.load(conn, team_id, user_id)
        if request and request.may_publish:
            return request.coze_uid
        proven = person.coze_uid if person else None
        if proven and self._workspace_client and await self._workspace_client.has_joined(proven, self._clock.now()):
            return proven  # in the team without ever having asked us
        if request and request.wants_proof:
            raise NotProven
        raise NotJoined
