"""Whether gates can be trusted: twenty of equal sides, twenty of a slower candidate, and one of each other kind of change.

    cargo build --release
    python3 gates.py [--only aa|slow|kinds] [--first N] [--again] [--list]

Each gate is a `loadline gate` for real: embedded mock, short runs, a seed that is fixed here. A gate is a line of JSON in gates.jsonl, and one that
is there is not made again: after an interrupt the same command goes on. Take the file away to begin anew. `--first 1` makes the first of each group,
`--list` makes none and prints what is there. An invalid gate has judged nothing, mostly because of the machine: `--again` makes it once more, with the same
seed. Its line stays, and the last one counts.

Ends with code 1 where four or more of twenty equal sides failed (1.6 % by chance where 5 % may), where fewer than seventeen of twenty slower
candidates did, or where another kind of change was not found. Gates that are not made yet are told and do not count.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
LOADLINE = HERE.parents[1] / "target/release/loadline"
KEPT = HERE / "gates.jsonl"

# 10,500 judged calls a run leave more than a hundred beyond p99, and ten thousand a second fill about a third of two cores.
OPEN = {"arrivals": {"rate": "10000/s", "duration": "1150ms", "spacing": "poisson"}, "warm_up": "100ms"}
CLOSED = {"users": {"count": 40, "duration": "1150ms"}, "warm_up": "100ms"}
LATENCY = {"type": "log_normal", "median": "20ms", "p99": "60ms"}
SLOWER = {"type": "log_normal", "median": "22ms", "p99": "66ms"}
# Users who wait for replies get 5 % fewer where these take 1/0.95 of the time.
SLUGGISH = {"type": "log_normal", "median": "21053us", "p99": "63158us"}


def answered(chance, status):
    """The candidate answers that part of its requests with a status."""
    return {"mock.faults": [{"operations": ["GetMeeting"], "chance": chance, "status": status}]}


# Of each gate: what the candidate changes, what is compared, how much worse it may be, the load, the seed, and what has to come of it.
P99, FAILED = ("p99(response)", "5%"), ("ratio(calls.failed)", "0.1%")
GROUPS = {
    "aa": [("equal", {}, [P99, FAILED], OPEN, seed, "not fail") for seed in range(1, 21)],
    "slow": [("+10 % latency", {"mock.latency": SLOWER}, [P99, FAILED], OPEN, seed, "fail") for seed in range(101, 121)],
    "kinds": [
        ("+0.5 points errors", answered("0.5%", 500), [P99, FAILED], OPEN, 201, "fail"),
        ("+2 points 429", answered("2%", 429), [P99, ("ratio(attempts.throttled)", "0.5%")], OPEN, 202, "fail"),
        ("-5 % goodput", {"mock.latency": SLUGGISH}, [("rate(calls.ok)", "2%")], CLOSED, 203, "fail"),
    ],
}


def scenario(changes, metrics, workload, seed):
    """JSON is YAML."""
    return {
        "name": "calibration",
        "target": {"mock": "attendees"},
        "api": "attendees",
        "seed": seed,
        "safety": {"max_requests": 100_000, "max_duration": "30s"},
        "mock": {
            "throttling": "off",
            "quotas": {"attendees_per_meeting": "unlimited", "meetings": "unlimited"},
            "latency": LATENCY,
        },
        "retry": "none",
        "clients": 20,
        "setup": [{
            "call": "CreateMeeting",
            "with": {"ClientRequestToken": "{{ uuid }}", "MediaRegion": "us-east-1", "ExternalMeetingId": "gated"},
            "publish": {"meetings": "$.Meeting.MeetingId"},
        }],
        "workloads": [
            {"name": "read", **workload, "flow": [{"call": "GetMeeting", "with": {"MeetingId": "{{ meetings.next }}"}}]}
        ],
        "gate": {
            "candidate": {"set": changes},
            "metrics": [{"of": of, "tolerance": tolerance} for of, tolerance in metrics],
        },
    }


def gated(group, name, changes, metrics, workload, seed, expected):
    """Makes a gate; what there is to keep of it."""
    with tempfile.TemporaryDirectory(prefix="loadline-") as folder:
        path = pathlib.Path(folder) / "calibration.yaml"
        path.write_text(json.dumps(scenario(changes, metrics, workload, seed)))
        begun = time.monotonic()
        command = [LOADLINE, "gate", path, "--json", "--quiet", "-o", folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if not done.stdout.strip():
        sys.exit(f"{group} {seed}: exit {done.returncode}\n{done.stderr}")
    gate = json.loads(done.stdout)["gate"]
    bound = lambda metric, side: (metric["change"].get(side) or {}).get("at")
    return {
        "group": group,
        "name": name,
        "seed": seed,
        "expected": expected,
        "verdict": gate["verdict"],
        "exit": done.returncode,
        "pairs": gate["pairs"],
        "looks": len(gate["looks"]),
        "repeated": gate["repeated"],
        "seconds": round(time.monotonic() - begun, 1),
        "reasons": gate["reasons"],
        "metrics": [
            {
                "of": metric["expression"],
                "scale": metric["scale"],
                "verdict": metric["verdict"],
                "reason": metric["reason"],
                "estimate": metric["change"].get("estimate"),
                "lower": bound(metric, "lower"),
                "upper": bound(metric, "upper"),
                "spread": metric.get("spread"),
                "changes": [round(change, 6) for change in metric["changes"]],
            }
            for metric in gate["metrics"]
        ],
    }


def shown(line):
    """A line for people: the verdict, and of each metric its change, what it surely lies between, and the spread of the pairs."""
    signed = lambda value: "?" if value is None else f"{100 * value:+.2f}"
    metrics = "; ".join(
        f"{metric['of']} {metric['verdict']} {signed(metric['estimate'])} [{signed(metric['lower'])}, {signed(metric['upper'])}]"
        f" spread {signed(metric['spread'])[1:]}"
        for metric in line["metrics"]
    )
    return (
        f"{line['group']:<5} {line['seed']:>3} {line['name']:<18} {line['verdict']:<12} {line['pairs']:>2} pairs"
        f" {line['repeated']} repeated {line['seconds']:>5} s  {metrics}"
    )


def judged(lines):
    """What came of the groups in words, and whether each is as it has to be."""
    good = True
    last = {(line["group"], line["seed"]): line for line in lines}
    for group, gates in GROUPS.items():
        made = [line for line in last.values() if line["group"] == group]
        if not made:
            continue
        count = {verdict: sum(line["verdict"] == verdict for line in made) for verdict in ("fail", "pass", "inconclusive", "invalid")}
        failed = count["fail"]
        missing = len(gates) - len(made)
        # What is missing may still fail, or not: only what no later gate can mend is a refusal.
        fine = {"aa": failed < 4, "slow": failed + missing >= 17, "kinds": failed == len(made)}[group]
        good &= fine
        words = ", ".join(f"{number} {verdict}" for verdict, number in count.items() if number)
        print(f"{group}: {words} of {len(made)}{f', {missing} not made yet' if missing else ''}: {'as it has to be' if fine else 'REFUSED'}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(GROUPS), help="one group")
    parser.add_argument("--first", type=int, default=20, help="so many of each group")
    parser.add_argument("--again", action="store_true", help="make invalid ones once more")
    parser.add_argument("--list", action="store_true", help="make no gate")
    options = parser.parse_args()
    lines = [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []
    for line in lines:
        print(shown(line))
    last = {(line["group"], line["seed"]): line["verdict"] for line in lines}
    there = {gate for gate, verdict in last.items() if not (options.again and verdict == "invalid")}
    for group, gates in GROUPS.items():
        for gate in gates[: 0 if options.list or options.only not in (None, group) else options.first]:
            if (group, gate[4]) in there:
                continue
            line = gated(group, *gate)
            lines.append(line)
            # Written at once and whole, so that an interrupt loses only the gate that it hits.
            with KEPT.open("a") as kept:
                kept.write(json.dumps(line) + "\n")
            print(shown(line), flush=True)
    sys.exit(not judged(lines))


if __name__ == "__main__":
    main()
