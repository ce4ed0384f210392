"""Stories in which people sign in to Coze."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy import create_engine, inspect, text

from bot.playground.world.chat import Transport
from bot.store.database import normal
from bot.store.schema import _blocking
from tests.stories.story import Story, told

TOKENS = "/oauth2/token"
START, YES, NO, AGAIN = "登录扣子", "是我的", "不是我的", "再登录一次"


class SigningIn(Story):
    """Coze lets a device ask each second."""

    async def form(self, who: str = "mei") -> None:
        """The form of a request, and above it the code to sign in with."""
        await self.types(who, "/sharge join")
        await self.sees_form(who, "申请加入团队")
        await self.presses(who, START)
        await self.sees_form(who, START, "核对代码", "失效")

    async def at_home(self, who: str = "mei") -> None:
        """The same from Home."""
        await self.tries("home", who=who)
        await self.looks_home(who, "扣子账号", "未验证")
        await self.presses(who, START, channel="home")
        await self.sees_form(who, START, "核对代码")

    async def answers(self, who: str = "mei", *, approve: bool = True) -> None:
        """What somebody says on Coze's page; it is asked about a moment later."""
        await self.on_coze("sign_in", name=who, approve=approve)
        await self.passes(advance=2)

    async def sees_account(self, who: str = "mei", account: str = "") -> None:
        """Home says which account is theirs."""
        await self.looks_home(who, f"扣子账号 {self.coze['users'][account or who]} · 已验证")

    def dump(self) -> str:
        """All that is stored."""
        engine = create_engine(_blocking(normal(self.database)))
        with engine.connect() as conn:
            tables = inspect(engine).get_table_names()
            found = repr([conn.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables])  # noqa: S608
        engine.dispose()
        return found

    def column(self, table: str, name: str) -> list[object]:
        """One column of a table, in the order of its rows."""
        engine = create_engine(_blocking(normal(self.database)))
        with engine.connect() as conn:
            found = conn.execute(text(f'SELECT "{name}" FROM "{table}"')).scalars().all()  # noqa: S608
        engine.dispose()
        return list(found)


@asynccontextmanager
async def signing_in(
    database: str, transport: Transport = "socket", settings: Mapping[str, str] | None = None
) -> AsyncIterator[SigningIn]:
    """One such story."""
    async with told(database, transport, settings) as story:
        one = SigningIn(story._http, story.ready, story._world)
        one.database = database
        await one.on_coze("settings", sign_in_interval=1)
        yield one
