// A thousand attendees, page by page, by the packages' own paginators.

import assert from "node:assert/strict";
import {test} from "node:test";
import {paginateListAttendees as paginateLegacy} from "@aws-sdk/client-chime";
import {paginateListAttendees} from "@aws-sdk/client-chime-sdk-meetings";
import {open} from "./adapter.js";
import {withMock} from "./mock.js";

const UNLIMITED = {throttling: "off", quotas: {attendees_per_meeting: "unlimited"}};
const NAMES = Array.from({length: 1000}, (_, number) => `user-${number}`);

for (const [namespace, paginate, longest] of [["meetings", paginateListAttendees, 100], ["legacy", paginateLegacy, 99]]) {
  test(`a thousand attendees of ${namespace} are listed once each`, async () => {
    await withMock(UNLIMITED, async (mock) => {
      const {client, call} = open(mock, namespace);
      const request = {ClientRequestToken: "full", MediaRegion: "us-east-1", ExternalMeetingId: "full"};
      const MeetingId = (await call("CreateMeeting", request)).answer.Meeting.MeetingId;
      for (let first = 0; first < NAMES.length; first += 100) {
        const items = NAMES.slice(first, first + 100).map((name) => ({ExternalUserId: name}));
        const {answer} = await call("BatchCreateAttendee", {MeetingId, Attendees: items});
        assert.deepEqual([answer.Attendees.length, answer.Errors.length], [100, 0]);
      }
      const listed = [];
      let pages = 0;
      for await (const page of paginate({client, pageSize: longest}, {MeetingId})) {
        listed.push(...page.Attendees);
        pages += 1;
      }
      assert.deepEqual(listed.map((attendee) => attendee.ExternalUserId), NAMES);
      assert.equal(new Set(listed.map((attendee) => attendee.AttendeeId)).size, 1000);
      assert.equal(pages, Math.ceil(1000 / longest));
    });
  });
}
