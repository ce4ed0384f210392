"""What is said of a setting that is not true: what is wrong, and what to do. By the problem's name."""

from collections.abc import Mapping

from .locale import mark

PROBLEMS: Mapping[str, tuple[str, str]] = {
    "channel_unknown": (
        mark("Slack shows the bot no channel {id}."),
        mark("Copy the ID (C…) from the channel's details; into a private channel invite the bot first."),
    ),
    "channel_archived": (
        mark("Channel {id} is archived: nobody can post there."),
        mark("Unarchive it in Slack, or set another channel and restart."),
    ),
    "channel_outside": (
        mark("The bot isn't in channel {id}, so nothing of it arrives there."),
        mark("Open the channel and invite the bot: `/invite`."),
    ),
    "channel_unheard": (
        mark("Nothing that is written in channel {id} comes here, so replies below cards aren't offered."),
        mark("Subscribe it to `message.channels` and `message.groups`, as manifest.yml does, and install it again."),
    ),
    "scope_missing": (
        mark("The app was installed without {scope}; the rest works."),
        mark("Add it under OAuth & Permissions, install the app again, and restart."),
    ),
    "person_unknown": (
        mark("Slack knows nobody with the ID {id} here."),
        mark("Copy the member ID (U…) from the person's profile, then restart."),
    ),
    "person_deactivated": (
        mark("{id} is deactivated in Slack and decides nothing any more."),
        mark("Name somebody else in this setting, then restart."),
    ),
    "person_bot": (
        mark("{id} is a bot, and bots decide nothing."),
        mark("Name people in this setting, then restart."),
    ),
    "person_guest": (
        mark("{id} is a guest in Slack, and guests decide nothing."),
        mark("Make them a full member in Slack, or name somebody else."),
    ),
    "person_stranger": (
        mark("{id} belongs to another Slack workspace and decides nothing here."),
        mark("Name somebody of this workspace, then restart."),
    ),
    "group_unknown": (
        mark("Slack knows no user group {id}, so nobody is an admin by it."),
        mark("Copy the ID (S…) from the group's ⋯ menu, or take the setting out."),
    ),
    "group_empty": (
        mark("Nobody is in user group {id}."),
        mark("Add people to the group in Slack; the bot sees it by itself."),
    ),
    "group_plan": (
        mark("This Slack plan has no user groups, so nobody is an admin by {id}."),
        mark("Name people in ADMIN_USERS and take this setting out."),
    ),
    "secret_unseen": (
        mark("It can't be checked in advance. If it's wrong, everything Slack sends is refused, and this says so."),
        mark("Type `/sharge` in Slack: an answer shows that it is right."),
    ),
    "secret_refused": (
        mark("No delivery since the start was signed with it; {count} refused."),
        mark("Copy the signing secret from the app's Basic Information, then restart."),
    ),
    "token_refused": (
        mark("Coze ({host}) refuses the token: it was mistyped or revoked, has ended, or is of the other Coze."),
        mark("Make a new one with the owner's account, or set COZE_BASE_URL to {other}; then restart."),
    ),
    "token_foreign": (
        mark("Coze ({host}) has never seen this token: it is of the other Coze, or was cut off."),
        mark("Set COZE_BASE_URL to {other}, or copy the token anew; then restart."),
    ),
    "app_refused": (
        mark("Coze ({host}) doesn't let the OAuth app in: {code}."),
        mark("Compare its ID, kid and key with the app's page; is it switched on, and authorised by the owner?"),
    ),
    "key_missing": (
        mark("The credential lacks the permission {key}."),
        mark("Tick it on Coze where the credential was made."),
    ),
    "not_owner": (
        mark("The credential is of a member of workspace {id}, not of its owner: it may not invite."),
        mark("Make it with the owner's account, then restart."),
    ),
    "workspace_unseen": (
        mark("The credential sees {count} workspaces, and {id} is none of them."),
        mark(
            "Take the number after /space/ or /w/ in the ShargeAI workspace's address. Is the credential its owner's?"
        ),
    ),
    "workspace_closed": (
        mark("The credential doesn't open workspace {id}: {key} is refused."),
        mark("Make it with the owner's account, with that permission and this workspace ticked; compare the number."),
    ),
    "swapped": (
        mark("The two numbers have changed places: {id} is the number of a workspace."),
        mark("Swap COZE_WORKSPACE_ID and COZE_CONNECTOR_ID, then restart."),
    ),
    "connector_official": (
        mark("{id} is a channel of Coze's own, not the ShargeAI agent channel."),
        mark("Take the number that Coze shows for the custom channel, under its channel management."),
    ),
    "connector_unknown": (
        mark("Coze knows no channel {id} (code {code})."),
        mark("Take the number that Coze shows for the custom channel, under its channel management."),
    ),
    "connector_outside": (
        mark("Channel {id} isn't installed in the workspace, so nothing can be published there."),
        mark("Have the owner install the channel in the workspace on Coze."),
    ),
    "connector_unseen": (
        mark("Nothing is online on channel {id} yet, so Coze can't tell whether the number is right."),
        mark("The first agent that goes online there shows it."),
    ),
    "silent": (
        mark("Not known yet: {who} gave no answer."),
        mark("It is asked again by itself."),
    ),
    "not_told": (
        mark("Not known: {who} doesn't tell ({code})."),
        mark("The rest works without it."),
    ),
}
"""What is wrong, and the remedy."""
