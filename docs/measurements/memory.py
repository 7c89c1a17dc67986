"""Peak memory of the generator after 100,000 and after 1,000,000 reads; the service runs in a process of its own."""

from common import LOADLINE, Mock, cost, scenario, temporary

peaks = {}
for count in (100_000, 1_000_000):
    with Mock() as mock, temporary() as folder:
        path = scenario(folder, mock.url, {"iterations": {"count": count, "users": 64}})
        _, peaks[count], code = cost([LOADLINE, "run", path, "-q", "-o", folder], core=1)
        print(f"{count:>9,} reads: peak {peaks[count] / 1024:.1f} MiB (exit {code})")
print(f"ratio {peaks[1_000_000] / peaks[100_000]:.3f}")
