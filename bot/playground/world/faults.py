"""Failures that can be switched on, to try an app against them. What kinds there are stands here alone."""

import asyncio
import contextlib
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class FaultKind(StrEnum):
    """One way to fail: its name, what the page calls it in Chinese and English, and how long it lasts.

    `delay`: seconds of real time; how long "slow" holds an answer back, and what "rate_limited" asks to wait.
    """

    zh: str
    en: str
    delay: float

    def __new__(cls, name: str, zh: str, en: str, delay: float) -> Self:
        """A string with more to it."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.zh, kind.en, kind.delay = zh, en, delay
        return kind

    @classmethod
    def fits(cls, wanted: str, call: str) -> bool:
        """Whether a fault that was armed for `wanted` is meant for this call."""
        return wanted == call


class SlackFault(FaultKind):
    """Failures of the Web API. A call is a method's name; "disconnect" ends Socket Mode connections."""

    RATE_LIMITED = "rate_limited", "限流", "Rate limited", 1.0
    ODDLY_LIMITED = "oddly_limited", "限流，等待时间不是数字", "Rate limited, the wait is no number", 1.0
    SERVER_ERROR = "server_error", "5xx", "5xx", 5.0
    INTERNAL_ERROR = "internal_error", "200 内部错误", "200, internal error", 5.0
    TOKEN_REVOKED = "token_revoked", "令牌已撤销", "Token revoked", 5.0
    ACCOUNT_INACTIVE = "account_inactive", "账号已停用", "Account inactive", 5.0
    INVALID_BLOCKS = "invalid_blocks", "拒绝卡片", "Blocks refused", 5.0
    EDIT_WINDOW_CLOSED = "edit_window_closed", "不能再改", "Edit window closed", 5.0
    PLAN_UPGRADE = "plan_upgrade_required", "套餐没有此功能", "Not in this plan", 5.0
    USER_NOT_FOUND = "user_not_found", "找不到这个人", "Nobody by this ID", 5.0
    MESSAGES_OFF = "messages_tab_disabled", "应用没开私信", "The app takes no messages", 5.0
    BLOCK_MISMATCH = "block_mismatch", "卡片种类不能改", "Kind of blocks must stay", 5.0
    SLOW = "slow", "太慢", "Slow", 5.0
    CUT = "cut", "中途断开", "Cut off", 5.0
    DISCONNECT = "disconnect", "断线", "Disconnect", 5.0


class CozeFault(FaultKind):
    """Failures of Coze's Open API. A call is an HTTP verb and a path; armed for one of them or a part of both."""

    MISSING_PERMISSION = "missing_permission", "缺权限", "Missing permission", 30.0
    WRONG_HOST = "wrong_host", "走错域名", "Wrong host", 30.0
    UNKNOWN_KID = "unknown_kid", "未知 kid", "Unknown kid", 30.0
    NOT_PUBLISHED = "not_published", "未发布", "Not published", 30.0
    MEMBER_NOT_FOUND = "member_not_found", "查无成员", "Member not found", 30.0
    REVIEW_REJECTED = "review_rejected", "审核驳回", "Review rejected", 30.0
    COPY_FAILED = "copy_failed", "复制失败", "Copy fails", 30.0
    OUT_OF_QUOTA = "out_of_quota", "额度用完", "Out of quota", 30.0
    EDITION_UNKNOWN = "edition_unknown", "版本不明", "Edition unknown", 30.0
    UNKNOWN_CODE = "unknown_code", "没见过的代码", "Unknown code", 30.0
    RATE_LIMITED = "rate_limited", "限流", "Rate limited", 30.0
    SERVER_ERROR = "server_error", "5xx", "5xx", 30.0
    SLOW = "slow", "太慢", "Slow", 30.0
    HTML_502 = "html_502", "502 网页", "502 page", 30.0
    CUT = "cut", "中途断开", "Cut off", 30.0

    @classmethod
    def fits(cls, wanted: str, call: str) -> bool:
        """Whether a fault that was armed for `wanted` is meant for this call."""
        return wanted.upper() == call.partition(" ")[0] or wanted in call


KINDS: Mapping[str, type[FaultKind]] = {"coze": CozeFault, "slack": SlackFault}
"""All of them, by the side that fails."""


@dataclass
class Fault:
    """`times`: how often it still strikes (None: until cleared). `method`: the calls it is for, None for all.

    `delay`: see FaultKind. `share`: which part of those calls it strikes, by chance.
    """

    kind: FaultKind
    times: int | None
    method: str | None
    delay: float
    share: float = 1.0

    @property
    def retry_after(self) -> int:
        """Whole seconds for the Retry-After header."""
        return max(1, math.ceil(self.delay))


class Faults:
    """The faults of one side that are switched on, at most one of each kind. `on_set` hears of each that is armed,
    and with None that all are off.
    """

    def __init__(self, kinds: type[FaultKind], changed: Callable[[], None]) -> None:
        self.kinds = kinds
        self.on_set: Callable[[dict[str, Any] | None], None] = lambda _: None
        self._faults: dict[FaultKind, Fault] = {}
        self._changed = changed
        self._dice = random.Random(1)  # noqa: S311 (the same at each start)
        self._cleared = asyncio.Event()

    @property
    def active(self) -> list[dict[str, Any]]:
        """What is switched on."""
        return [{**vars(fault), "kind": str(fault.kind)} for fault in self._faults.values()]

    def set(
        self,
        kind: str,
        times: int | None = None,
        method: str | None = None,
        delay: float | None = None,
        share: float = 1.0,
    ) -> None:
        """Switch `kind` on for the next `times` calls that fit. Raises ValueError for what can't be."""
        known = {str(each): each for each in self.kinds}.get(kind)
        if known is None:
            raise ValueError(f"unknown fault {kind!r}; there are: {', '.join(self.kinds)}")
        if times is not None and times < 1:
            raise ValueError("times must be at least 1")
        if delay is not None and delay < 0:
            raise ValueError("delay must not be negative")
        if not 0 < share <= 1:
            raise ValueError("share must lie above 0 and be 1 at most")
        told = {"kind": kind, "times": times, "method": method, "delay": delay}
        self.on_set(told if share == 1 else {**told, "share": share})
        self._faults[known] = Fault(known, times, method, known.delay if delay is None else delay, share)
        self._changed()

    def clear(self) -> None:
        """Switch everything off; answers that are held back leave now."""
        if self._faults:
            self.on_set(None)
        self._faults.clear()
        cleared, self._cleared = self._cleared, asyncio.Event()
        cleared.set()
        self._changed()

    def take(self, kind: FaultKind, call: str) -> Fault | None:
        """The fault of this kind if it strikes this call; one stroke is used up."""
        fault = self._faults.get(kind)
        if fault is None or not (fault.method is None or kind.fits(fault.method, call)):
            return None
        if fault.share < 1 and self._dice.random() >= fault.share:
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                del self._faults[kind]
            self._changed()
        return fault

    async def hold(self, seconds: float) -> None:
        """Wait so long in real time, or until everything is switched off."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._cleared.wait()
