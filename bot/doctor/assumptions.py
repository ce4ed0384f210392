"""What the code takes for true of Slack and Coze and nobody has seen there, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """`says` is what is assumed, `file` (below bot/) what builds on it, `probe` the call whose answer shows it; where
    none does, `how` says how to see it.
    """

    says: str
    file: str
    probe: str = ""
    how: str = ""


ASSUMPTIONS: Sequence[Assumption] = (
    Assumption(
        "Each answer of Slack names the app's scopes in X-OAuth-Scopes.", "slack/connection.py", "Slack auth.test"
    ),
    Assumption("Slack's Date is the clock that dates its messages too.", "slack/connection.py", "Slack auth.test"),
    Assumption("bots.info names app_id for the app's own bot.", "slack/connection.py", "Slack bots.info"),
    Assumption(
        "edit_window_closed and block_mismatch may meet bots as well: the card is posted anew.",
        "slack/draw.py",
        how="set the workspace's edit window to a minute, and let a card change after it",
    ),
    Assumption(
        "Phones draw plan and table as desktops do.", "slack/views/plan.py", how="open a guide's card on a phone"
    ),
    Assumption(
        "IDs of users, agents and workspaces on Coze are strings of digits, of any length.",
        "coze/answers.py",
        "Coze GET bots",
    ),
    Assumption("A list of members holds items with user_id and role_type.", "coze/answers.py", "Coze GET members"),
    Assumption(
        "The list of members has those who joined alone, and nobody who is only invited.",
        "services/join/membership.py",
        "Coze GET members",
    ),
    Assumption(
        "An invitation takes an owner or admin of the workspace.",
        "services/workspace_client.py",
        how="invite with an admin's token, then with a member's",
    ),
    Assumption(
        "An invitation ends some days later: the list of members is looked at for so long.",
        "services/join/membership.py",
        how="invite somebody who waits, and read the date on Coze's page",
    ),
    Assumption(
        "An agent in review is not listed as online on the channel; once it is listed, it is online.",
        "services/publish.py",
        "Coze GET bots of the channel",
    ),
    Assumption(
        "Of a channel that it does not know Coze answers 4000, 4200 or 4101.",
        "services/preflight_checks.py",
        how="doctor --online with a wrong COZE_CONNECTOR_ID",
    ),
    Assumption("The account's edition stands in data.basic_info.user_level.", "coze/answers.py", "Coze GET benefits"),
    Assumption(
        "Management calls, token exchanges and refused calls count among a free account's 500.",
        "core/calls.py",
        how="compare Coze's own counter before and after a report",
    ),
    Assumption(
        "That the calls are used up is told by 4028, 4011, 4027 or 4008.",
        "coze/errors.py",
        how="the bot logs the code that it meets",
    ),
    Assumption(
        "Missing permission comes before an unknown or foreign ID, and that before bad fields.",
        "coze/errors.py",
        how="call with a token without the permission and a wrong ID",
    ),
    Assumption("Coze names its log ID in x-tt-logid or detail.logid.", "coze/wire.py", "Coze GET users/me"),
    Assumption(
        "A preset life of a PAT is so many times 24 hours from its making.",
        "core/credential.py",
        how="make one of a day and see when it is refused",
    ),
    Assumption(
        "exp of an assertion may lie an hour ahead of iat.",
        "coze/tokens.py",
        how="set COZE_OWNER_APP_ID, and see the doctor's line",
    ),
    Assumption(
        "verification_uri of a sign-in is https on coze.cn or coze.com.",
        "core/sign_in.py",
        how="start a sign-in: the bot refuses another address and logs it",
    ),
    Assumption(
        "While a sign-in waits, what counts is the body's word, whatever the HTTP status is.",
        "coze/oauth.py",
        how="start a sign-in, and read the log at DEBUG",
    ),
    Assumption(
        "A used or unknown device code or refresh token is none of the words that ask to wait.",
        "coze/oauth.py",
        how="give up a sign-in on Coze's site, then press again",
    ),
    Assumption(
        "url_verification of the channel's callback is signed as its events are.",
        "web/callback.py",
        how="save the callback's address on Coze",
    ),
    Assumption(
        "While a new version is in review, the one before stays online.",
        "services/publish.py",
        how="publish an agent a second time, and ask it on the glasses",
    ),
    Assumption(
        "An agent's address in the new site is /w/<workspace>/…/bot/<agent>.",
        "core/agent.py",
        how="open an agent in the new site",
    ),
    Assumption(
        "A copy into another enterprise is refused by 4000.",
        "services/guide/copying.py",
        how="copy one",
    ),
)
