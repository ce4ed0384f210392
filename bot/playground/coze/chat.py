"""Chats: enough to see that a published agent answers, at once as a stream or by asking again."""

import json
from collections.abc import Iterator

from starlette.responses import Response, StreamingResponse

from ..world.coze import API, CHAT_STATES, Chat, Json
from ..world.faults import CozeFault
from . import errors
from .api import Call, Operation
from .errors import ApiError


def start(call: Call) -> Json | Response:
    """POST /v3/chat"""
    bot = call.bot(call.text("bot_id"), code=4006)
    user_id = call.text("user_id")
    stream = call.body.get("stream") or False
    if not isinstance(stream, bool):
        raise errors.bad_parameter("stream")
    if not stream and call.body.get("auto_save_history") is False:
        raise ApiError(4007, "auto_save_history must be true when stream is false")
    connector_id = call.token.connector_id or API
    if not bot.online(connector_id) or call.struck(CozeFault.NOT_PUBLISHED):
        raise errors.not_published(bot.id)
    conversation_id = call.query.get("conversation_id") or call.state.new_id()
    _refuse_overlap(call, conversation_id)
    chat = Chat(
        call.state.new_id(), conversation_id, bot.id, user_id, _question(call), call.state.now(), connector_id
    )
    call.state.chats[chat.id] = chat
    if stream:
        return StreamingResponse(_events(call, chat), media_type="text/event-stream")
    chat.seen = 1  # SDKs ask again for as long as the answer says in_progress
    return _chat(chat)


def retrieve(call: Call) -> Json:
    """GET /v3/chat/retrieve: each look brings the chat one state further."""
    chat = _find(call)
    chat.seen += 1
    return _chat(chat)


def list_messages(call: Call) -> list[Json]:
    """GET /v3/chat/message/list"""
    chat = _find(call)
    return [_message(chat, _answer(call, chat))] if chat.status == "completed" else []


def _events(call: Call, chat: Chat) -> Iterator[str]:
    """The answer as server-sent events."""
    answer = _answer(call, chat)
    yield _event("conversation.chat.created", _chat(chat))
    chat.seen = 1
    yield _event("conversation.chat.in_progress", _chat(chat))
    for start in range(0, len(answer), 8):
        yield _event("conversation.message.delta", _message(chat, answer[start : start + 8]))
    yield _event("conversation.message.completed", _message(chat, answer))
    chat.seen = len(CHAT_STATES)
    yield _event("conversation.chat.completed", _chat(chat))
    yield _event("done", "[DONE]")


def _event(name: str, data: Json | str) -> str:
    return f"event:{name}\ndata:{json.dumps(data, ensure_ascii=False)}\n\n"


def _answer(call: Call, chat: Chat) -> str:
    return f"「{call.state.bots[chat.bot_id].name}」收到：{chat.question}"


def _message(chat: Chat, content: str) -> Json:
    return {
        "id": chat.id,
        "conversation_id": chat.conversation_id,
        "bot_id": chat.bot_id,
        "chat_id": chat.id,
        "role": "assistant",
        "type": "answer",
        "content": content,
        "content_type": "text",
    }


def _refuse_overlap(call: Call, conversation_id: str) -> None:
    running = (chat for chat in call.state.chats.values() if chat.status != "completed")
    if any(chat.conversation_id == conversation_id for chat in running):
        raise ApiError(4016, "There is already a chat running in this conversation.")


def _question(call: Call) -> str:
    messages = call.body.get("additional_messages") or []
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise errors.bad_parameter("additional_messages")
    return str(messages[-1].get("content", "")) if messages else ""


def _find(call: Call) -> Chat:
    chat = call.state.chats.get(call.query.get("chat_id", ""))
    if chat is None or chat.conversation_id != call.query.get("conversation_id"):
        raise ApiError(4001, "Request parameter chat_id is invalid.")
    call.bot(chat.bot_id, code=4001)
    return chat


def _chat(chat: Chat) -> Json:
    return {
        "id": chat.id,
        "conversation_id": chat.conversation_id,
        "bot_id": chat.bot_id,
        "created_at": int(chat.created_at),
        "last_error": {"code": 0, "msg": ""},
        "status": chat.status,
    }


OPERATIONS = [
    Operation("POST", "/v3/chat", "chat", start),
    Operation("GET", "/v3/chat/retrieve", "getChat", retrieve),
    Operation("POST", "/v3/chat/retrieve", "getChat", retrieve),  # the documentation says GET, the SDKs post
    Operation("GET", "/v3/chat/message/list", "listMessage", list_messages),
]
