"""Simulated beside real: every tolerance, on the three scenarios for `loadline tune`.

    cargo build --release
    python3 tune.py [TIMES]

Runs each scenario with its real runs, prints each line of the comparison with what lies outside its tolerance marked, and ends with
code 1 where anything does or where the generator refused to compare.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOADLINE = ROOT / "target" / "release" / "loadline"
SCENARIOS = ["tune-batch-create", "tune-outage", "tune-shared-limit"]


def compared(scenario):
    """The report's comparisons of one run of a scenario."""
    with tempfile.TemporaryDirectory() as folder:
        path = ROOT / "scenarios" / f"{scenario}.yaml"
        said = subprocess.run([LOADLINE, "tune", path, "--json", "--quiet", "-o", folder], capture_output=True, text=True)
    if not said.stdout:
        sys.exit(said.stderr)
    tune = json.loads(said.stdout)["tune"]
    print(f"\n{scenario}: {tune['verdict']['sentence']}")
    print(f"{tune['cost']['simulations']} simulations in {tune['cost']['wall_s']:.1f} s")
    return tune["confirmations"]


def number(value):
    return "never" if value is None else f"{value:.4g}"


def main():
    lines = outside = 0
    for scenario in SCENARIOS * int(sys.argv[1] if len(sys.argv) > 1 else 1):
        confirmations = compared(scenario)
        if not confirmations:
            outside += 1
            print("nothing was compared")
        for one in confirmations:
            print(f"  {one['role']}: {one['name']} ({one['real_runs']} real, {one['simulated_runs']} simulated)")
            for line in one["comparisons"]:
                lines += 1
                outside += not line["ok"]
                mark = " " if line["ok"] else "!"
                what, tolerance = line["what"], line["tolerance"]
                predicted, measured = number(line.get("predicted")), number(line.get("measured"))
                print(f"  {mark} {what:<44} {predicted:>10} {measured:>10} {line['unit']:<7} {tolerance}")
    print(f"\n{lines} lines, {outside} outside their tolerance")
    sys.exit(outside > 0)


if __name__ == "__main__":
    main()
