"""Whether a token bucket of the mock admits its rate: ten times as many requests, over sockets, for 30 seconds."""

from common import LOADLINE, cost, report, scenario, temporary

RATE, BURST, SECONDS = 200, 20, 30

limiters = {"tight": {"type": "token_bucket", "rate": f"{RATE}/s", "burst": BURST}}
mock = {"limits": [{"operations": ["GetMeeting"], "all_of": ["tight"]}]}
arrivals = {"arrivals": {"rate": f"{10 * RATE}/s", "duration": f"{SECONDS}s"}}
with temporary() as folder:
    path = scenario(folder, "", arrivals, target={"mock": "attendees"}, limiters=limiters, mock=mock)
    _, _, code = cost([LOADLINE, "run", path, "-q", "-o", folder])
    run = report(folder)
attempts = run["totals"]["attempts"]
admitted = attempts["by_status"]["200"]
# The first arrival is half an interval after the start, and the last half an interval before the end.
span = SECONDS - 1 / (10 * RATE)
rate = (admitted - BURST) / span
print(f"exit {code}, {run['validity']['verdict']}, {attempts['count']} requests, {admitted} admitted")
print(f"rate {rate:.2f}/s of {RATE}/s set: {(rate / RATE - 1) * 100:+.3f} %")
