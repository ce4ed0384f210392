"""The secrets and sign-ins that the bot keeps for people, with what they need."""

from .deployment import Deployment, Resources
from .job_runner import Handler
from .join.accounts import Accounts
from .kept_sign_in import KeptSignIns
from .kept_watch import KeptWatch
from .secret_store import SecretStore
from .sign_in import SignInApp
from .workspace_client import DelegatedClients


class SecretServices:
    """What is kept (`store`, `sign_ins`) and whether Coze still takes it (`watch`). `app` is what people sign in to,
    `delegated` publishes with what they kept; each is None where the operator has set up nothing for it.
    """

    def __init__(self, resources: Resources, deployment: Deployment, accounts: Accounts) -> None:
        db, clock, coze, keys = resources.db, resources.clock, resources.coze, deployment.keys
        self.sign_ins = KeptSignIns(db, clock, coze, keys, deployment.sign_in_client)
        keeping = keys, deployment.public_url, deployment.language, self.sign_ins
        self.store = SecretStore(db, clock, coze, resources.proof, accounts, *keeping)
        self.watch = KeptWatch(db, clock, self.store)
        self.app = _sign_in_app(deployment)
        self.delegated: DelegatedClients | None = None
        if keys and deployment.workspace and deployment.connector:
            there = deployment.workspace, deployment.connector
            self.delegated = DelegatedClients(coze, self.store, *there, self.watch.heard)

    def job_handlers(self) -> dict[str, Handler]:
        """What happens later, by the kind of job."""
        return {
            "forget": self.store.end,
            "renew": self.sign_ins.renew,
            "look": self.watch.look,
            "lapse": self.store.lapse,
        }


def _sign_in_app(deployment: Deployment) -> SignInApp | None:
    if not deployment.sign_in_client or deployment.keys is None:
        return None
    return SignInApp(deployment.sign_in_client, deployment.keys, deployment.workspace)
