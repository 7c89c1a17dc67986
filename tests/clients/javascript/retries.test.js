// What the SDK does with a throttle by itself, and how many attempts the mock sees of it.

import assert from "node:assert/strict";
import {test} from "node:test";
import {open} from "./adapter.js";
import {withMock} from "./mock.js";

const ABSENT = "00000000-0000-4000-8000-000000000000";

test("a burst is admitted, and the rest is retried until it is too", async () => {
  const many = Array.from({length: 40}, (_, number) => `user-${number}`);
  let attempts = 0;
  const counts = await withMock({}, async (mock) => {
    const {call} = open(mock, "meetings", {maxAttempts: 10});
    const request = {ClientRequestToken: "busy", MediaRegion: "us-east-1", ExternalMeetingId: "busy"};
    const MeetingId = (await call("CreateMeeting", request)).answer.Meeting.MeetingId;
    const replies = await Promise.all(many.map((name) => call("CreateAttendee", {MeetingId, ExternalUserId: name})));
    attempts = replies.reduce((sum, reply) => sum + reply.attempts, 0);
    const {answer} = await call("ListAttendees", {MeetingId});
    assert.equal(answer.Attendees.length, 40);
  });
  assert.equal(counts["CreateAttendee 200"], 40);
  assert.ok(counts["CreateAttendee 429"] > 0);
  assert.equal(attempts, 40 + counts["CreateAttendee 429"]);
});

for (const [namespace, status, code] of [
  ["meetings", 429, "ThrottlingException"],
  ["legacy", 429, "ThrottledClientException"],
  ["meetings", 400, "LimitExceededException"],
]) {
  test(`${code} of ${namespace} is tried three times`, async () => {
    const faults = [{operations: ["GetMeeting"], every: 1, status, error_code: code}];
    const counts = await withMock({throttling: "off", faults}, async (mock) => {
      const {call} = open(mock, namespace, {maxAttempts: 3});
      await assert.rejects(call("GetMeeting", {MeetingId: ABSENT}), {code, attempts: 3});
    });
    assert.deepEqual(counts, {[`GetMeeting ${status}`]: 3});
  });
}
