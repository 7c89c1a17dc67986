// What docs/clients.md tells people to type.

import assert from "node:assert/strict";
import {execFile} from "node:child_process";
import {readFileSync} from "node:fs";
import {test} from "node:test";
import {promisify} from "node:util";
import {KEYS, withMock} from "./mock.js";

const run = promisify(execFile);
const page = readFileSync(new URL("../../../docs/clients.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

test("the examples in JavaScript work", async () => {
  assert.ok(blocks.length > 0);
  const keys = {AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey};
  for (const block of blocks) {
    const counts = await withMock({}, async (mock) => {
      const code = block.replaceAll("http://127.0.0.1:4000", mock.url("meetings"));
      const {stdout} = await run(process.execPath, ["--input-type=module", "--eval", code], {env: {...process.env, ...keys}});
      assert.match(stdout, /^[0-9a-f-]{36}$/m);
    });
    assert.deepEqual(counts, {"CreateMeeting 200": 1});
  }
});
