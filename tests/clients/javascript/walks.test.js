// Every operation, and every error as its own class.

import assert from "node:assert/strict";
import {appendFileSync} from "node:fs";
import {test} from "node:test";
import {NAMESPACES, open} from "./adapter.js";
import {KEYS, withMock} from "./mock.js";
import {read, take} from "./walk.js";

/** The account's number, which people know of their own; here an ARN tells it. */
async function account(mock) {
  const request = {ClientRequestToken: "account", MediaRegion: "us-east-1", ExternalMeetingId: "account"};
  const {answer} = await open(mock, "meetings", {region: "us-west-2"}).call("CreateMeeting", request);
  return answer.Meeting.MeetingArn.split(":")[4];
}

/** Notes that a client performs an operation, for the table in docs/clients.md. */
function record(client, namespace, operations) {
  const lines = operations.map((operation) => JSON.stringify({client, namespace, operation}) + "\n");
  appendFileSync(process.env.LOADLINE_RESULTS, lines.join(""));
}

for (const namespace of NAMESPACES) {
  test(`every operation of ${namespace} works`, async () => {
    const {mock: settings, steps} = read(namespace);
    let name;
    const walk = async (mock) => {
      const client = open(mock, namespace);
      const kept = {account: await account(mock)};
      for (const step of steps) await take(client, step, kept);
      name = client.name;
    };
    // Strict, so that the signature of every kind of request is held against the mock's own reckoning.
    const counts = await withMock(settings, walk, "--strict");
    const done = new Set(steps.filter((step) => !step.fails).map((step) => step.call));
    // The mock knew every one of them as what it was.
    const known = Object.keys(counts).filter((key) => / 2\d\d$/.test(key)).map((key) => key.split(" ")[0]);
    assert.deepEqual(new Set(known), done);
    record(name, namespace, [...done]);
  });

  test(`errors of ${namespace} on purpose are recognised`, async () => {
    const {mock: settings, steps} = read(`${namespace}-on-purpose`);
    await withMock(settings, async (mock) => {
      const client = open(mock, namespace);
      for (const step of steps) await take(client, step, {});
    });
  });

  test(`a signature for ${namespace} with another secret is refused`, async () => {
    const code = namespace === "legacy" ? "UnauthorizedClientException" : "UnauthorizedException";
    const ask = async (mock) => {
      const {call} = open(mock, namespace, {credentials: {...KEYS, secretAccessKey: "another"}});
      await assert.rejects(call("GetMeeting", {MeetingId: "00000000-0000-4000-8000-000000000000"}), {code, modelled: true});
    };
    await withMock({throttling: "off"}, ask, "--strict");
  });
}
