// The mock as a process of its own, with the configuration that a test wants.

import {spawn} from "node:child_process";
import {once} from "node:events";
import {mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {text} from "node:stream/consumers";

/** Runs `body` with a mock, and gives what the mock answered: `counts["GetMeeting 200"]`. */
export async function withMock(settings, body) {
  const folder = await mkdtemp(join(tmpdir(), "loadline-"));
  // Only the block `mock` matters; the rest is what every scenario has. JSON is YAML.
  const flow = [{call: "GetMeeting", with: {MeetingId: "x"}}];
  const workloads = [{name: "none", iterations: {count: 1}, flow}];
  const scenario = {name: "clients", target: {mock: "attendees"}, api: "attendees", mock: settings, workloads};
  await writeFile(join(folder, "scenario.yaml"), JSON.stringify(scenario));
  const child = spawn(process.env.LOADLINE, ["mock", join(folder, "scenario.yaml")], {stdio: ["ignore", "pipe", "pipe"]});
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
