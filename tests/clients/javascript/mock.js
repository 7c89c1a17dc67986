// The mock as a process of its own, with the configuration that a test wants.

import {spawn} from "node:child_process";
import {once} from "node:events";
import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {text} from "node:stream/consumers";

/** They open nothing. */
export const KEYS = {accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret"};

/** Runs `body` with a mock, and gives what the mock answered: `counts["GetMeeting 200"]`. */
export async function withMock(settings, body, ...flags) {
  const folder = await mkdtemp(join(tmpdir(), "loadline-"));
  // JSON is YAML.
  const scenario = {name: "clients", mock: settings};
  await writeFile(join(folder, "scenario.yaml"), JSON.stringify(scenario));
  const [program, command] = [process.env.LOADLINE, ["mock", join(folder, "scenario.yaml"), ...flags]];
  // The keys that `--strict` goes by.
  const env = {...process.env, AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey};
  const child = spawn(program, command, {env, stdio: ["ignore", "pipe", "pipe"]});
  const [said, ended] = [text(child.stderr), once(child, "exit")];
  try {
    const first = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
    if (first.done) throw new Error(`the mock did not start: ${await said}`);
    const address = first.value.trim();
    // The base path is what tells the legacy namespace from the other: their paths are the same.
    await body({url: (namespace) => address + (namespace === "legacy" ? "/console" : "")});
  } finally {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, {recursive: true});
  }
  const counts = (await said).matchAll(/(\w+) (\d{3}): (\d+)$/gm);
  return Object.fromEntries([...counts].map(([, operation, status, count]) => [`${operation} ${status}`, Number(count)]));
}
