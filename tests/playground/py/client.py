"""Coze's own Python client, unmodified, through a whole story; run by its own Python, outside the project's.

Reads the `coze` part of a ready file from standard input and prints what it saw as JSON.
"""

import json
import sys
from typing import Any

from cozepy import (  # type: ignore[import-not-found]
    Coze,
    CozeAPIError,
    JWTAuth,
    JWTOAuthApp,
    Message,
    PublishStatus,
    TokenAuth,
    WorkspaceRoleType,
)
from cozepy.workspaces.members import WorkspaceMember  # type: ignore[import-not-found]


def refused(call: Any) -> int:
    """The code with which a call is refused; 0 when it isn't."""
    try:
        call()
    except CozeAPIError as error:
        return int(error.code)
    return 0


def story(facts: dict[str, Any]) -> dict[str, Any]:
    """From a token to a published agent that answers."""
    base, space = facts["base_url"], facts["workspace_id"]
    coze = Coze(auth=TokenAuth(facts["owner_token"]), base_url=base)
    mei = Coze(auth=TokenAuth(facts["pats"]["mei"]), base_url=base)
    bot = coze.bots.create(space_id=space, name="SDK", description="made by cozepy")
    file = coze.files.upload(file=("a.txt", b"hello"))
    coze.bots.publish(bot_id=bot.bot_id, connector_ids=["1024", facts["connector_id"]])
    poll = coze.chat.create_and_poll(
        bot_id=bot.bot_id, user_id="u", additional_messages=[Message.build_user_question_text("hi")]
    )
    stream = coze.chat.stream(
        bot_id=bot.bot_id, user_id="u", additional_messages=[Message.build_user_question_text("hi")]
    )
    guest = WorkspaceMember(user_id=facts["users"]["mei"], role_type=WorkspaceRoleType.MEMBER)
    listed = coze.bots.list(space_id=space, publish_status=PublishStatus.ALL, use_api_version=2)
    return {
        "me": coze.users.me().user_id,
        "workspaces": [each.id for each in coze.workspaces.list()],
        "invited": coze.workspaces.members.create(workspace_id=space, users=[guest]).invited_success_user_ids,
        "listed": [each.id for each in listed],
        "bot": bot.bot_id,
        "published": coze.bots.retrieve(bot_id=bot.bot_id).name,
        "file": [file.file_name, coze.files.retrieve(file_id=file.id).bytes],
        "answer": [message.content for message in poll.messages or []],
        "events": [event.event for event in stream][-1],
        "refused": [
            refused(lambda: Coze(auth=TokenAuth("pat_x"), base_url=base).users.me()),
            refused(lambda: mei.bots.create(space_id=space, name="no")),
            refused(lambda: coze.bots.retrieve(bot_id="1")),
        ],
        "jwt": by_jwt(facts),
        "exchanged": Coze(auth=TokenAuth(facts["exchanged"]), base_url=base).users.me().user_id,
    }


def by_jwt(facts: dict[str, Any]) -> str:
    """The same with an assertion that the client signs itself; `aud` is the host that it talks to."""
    app = facts["jwt_app"]
    with open(app["private_key_file"], encoding="utf-8") as key:
        signing = JWTOAuthApp(app["client_id"], key.read(), app["kid"], base_url=facts["base_url"])
    return str(Coze(auth=JWTAuth(oauth_app=signing), base_url=facts["base_url"]).users.me().user_id)


if __name__ == "__main__":
    json.dump(story(json.load(sys.stdin)), sys.stdout)
