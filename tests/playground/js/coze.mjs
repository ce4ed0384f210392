// Coze's own Node client, unmodified, through a whole story.
// Reads the `coze` part of a ready file from standard input and prints what it saw as JSON.
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatEventType, CozeAPI, getJWTToken, RoleType } from "@coze/api";

const facts = JSON.parse(readFileSync(0, "utf8"));
const client = (token) => new CozeAPI({ token, baseURL: facts.base_url });
const refused = async (call) => {
  try {
    await call();
    return 0;
  } catch (error) {
    return error.code;
  }
};

const coze = client(facts.owner_token);
const space = facts.workspace_id;
const bot = await coze.bots.create({ space_id: space, name: "SDK", description: "made by coze-js" });
const folder = mkdtempSync(join(tmpdir(), "coze-js-"));
writeFileSync(join(folder, "a.txt"), "hello");
const file = await coze.files.upload({ file: createReadStream(join(folder, "a.txt")) });
rmSync(folder, { recursive: true });
await coze.bots.publish({ bot_id: bot.bot_id, connector_ids: ["1024", facts.connector_id] });
const question = {
  bot_id: bot.bot_id,
  user_id: "u",
  additional_messages: [{ role: RoleType.User, content: "hi", content_type: "text" }],
};
const poll = await coze.chat.createAndPoll(question);
const events = [];
for await (const part of coze.chat.stream(question)) events.push(part.event);
const app = facts.jwt_app;
const signed = await getJWTToken({
  baseURL: facts.base_url,
  appId: app.client_id,
  aud: new URL(facts.base_url).host,
  keyid: app.kid,
  privateKey: readFileSync(app.private_key_file, "utf8"),
});

console.log(
  JSON.stringify({
    me: (await coze.users.me()).user_id,
    workspaces: (await coze.workspaces.list()).workspaces.map((each) => each.id),
    bot: bot.bot_id,
    published: (await coze.bots.retrieve({ bot_id: bot.bot_id })).name,
    file: [file.file_name, file.bytes],
    answer: poll.messages.map((message) => message.content),
    events: events.at(-1) === ChatEventType.DONE ? "done" : events.at(-1),
    refused: [
      await refused(() => client("pat_x").users.me()),
      await refused(() => client(facts.pats.mei).bots.create({ space_id: space, name: "no" })),
      await refused(() => coze.bots.retrieve({ bot_id: "1" })),
    ],
    exchanged: (await client(facts.exchanged).users.me()).user_id,
    jwt: (await client(signed.access_token).users.me()).user_id,
  }),
);
