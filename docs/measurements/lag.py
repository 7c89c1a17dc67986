"""How punctual arrivals are: 5,000 calls a second, open loop, 20 seconds."""

from common import LOADLINE, Mock, cost, report, scenario, temporary

with Mock() as mock, temporary() as folder:
    arrivals = {"arrivals": {"rate": "5000/s", "duration": "20s"}, "warm_up": "2s"}
    path = scenario(folder, mock.url, arrivals, transport={"connections": 256})
    seconds, _, code = cost([LOADLINE, "run", path, "-q", "-o", folder], core=1)
    run = report(folder)
    lag = run["validity"]["lag_ms"]
    at = {each["label"]: each["value"] for each in lag["percentiles"]}
    print(f"exit {code}, {run['validity']['verdict']}, {run['totals']['calls']['ok']} calls ok, timer {run['engine']['timer']}")
    print(f"lag: mean {lag['mean']:.3f} ms, p50 {at['p50']:.3f}, p99 {at['p99']:.3f}, max {lag['max']:.3f}")
    print(f"offered {run['validity']['offered_per_s']}/s, sent {run['validity']['sent_per_s']}/s")
