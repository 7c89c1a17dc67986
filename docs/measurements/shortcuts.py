"""How often shortcuts of a gate fail without any difference: one run a side, sixty seconds each, nothing changed.

    python3 shortcuts.py [GATES]

Made-up seconds: the logarithm of each second's p99 has a spread of 10 % and hangs together with the second before (AR(1), 0.6); what differs between two runs of the
same program comes on top. "two numbers" fails where the candidate's mean over its run is 5 % above the baseline's, the test on seconds where Mann and Whitney's, on the
sixty values of each side, is below 5 %, one-sided. Needs nothing but Python; the seed is fixed.
"""

import math
import random
import sys

SECONDS, SPREAD, HANGS_TOGETHER, LIMIT, ALPHA = 60, 0.10, 0.6, math.log(1.05), 0.05


def run(dice, between):
    """The logarithms of the p99 of a run's seconds."""
    level = dice.gauss(0, between)
    value = dice.gauss(0, SPREAD)
    kick = SPREAD * math.sqrt(1 - HANGS_TOGETHER**2)
    seconds = []
    for _ in range(SECONDS):
        value = HANGS_TOGETHER * value + dice.gauss(0, kick)
        seconds.append(level + value)
    return seconds


def rank_sum_p(baseline, candidate):
    """How likely ranks of the candidate this high are without a difference (normal approximation, which 60 and 60 are plenty for)."""
    ranked = sorted([(value, False) for value in baseline] + [(value, True) for value in candidate])
    n, m = len(baseline), len(candidate)
    u = sum(rank for rank, (_, is_candidate) in enumerate(ranked, 1) if is_candidate) - m * (m + 1) / 2
    z = (u - n * m / 2 - 0.5) / math.sqrt(n * m * (n + m + 1) / 12)
    return 0.5 * math.erfc(z / math.sqrt(2))


def main():
    gates = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    print(f"{gates} gates a line, no difference anywhere\nspread between runs   two numbers, 5 %   test on the seconds")
    for between in (0.0, 0.02, 0.05):
        dice = random.Random(42)
        numbers = tests = 0
        for _ in range(gates):
            baseline, candidate = run(dice, between), run(dice, between)
            numbers += sum(candidate) / SECONDS - sum(baseline) / SECONDS > LIMIT
            tests += rank_sum_p(baseline, candidate) < ALPHA
        print(f"{between:>19.0%} {numbers / gates:>18.1%} {tests / gates:>21.1%}")


if __name__ == "__main__":
    main()
