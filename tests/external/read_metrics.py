"""Reads metrics.txt as two others do: Prometheus' own parser of OpenMetrics, and GitLab. Prints what each of them found."""

import json
import re
import shlex
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

text = open(sys.argv[1], encoding="utf-8").read()

samples = {}
for family in text_string_to_metric_families(text):
    for sample in family.samples:
        labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
        samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value

# GitLab's parser (lib/gitlab/ci/parsers/metrics/generic.rb, in Ruby) drops what follows a '#', splits the rest as a shell does, and takes
# the first word as the name and the second as the value.
gitlab = {}
for line in text.splitlines():
    name, *values = shlex.split(re.sub("#.*$", "", line)) or [""]
    if name and values:
        gitlab[name] = values[0]

json.dump({"prometheus": samples, "gitlab": gitlab}, sys.stdout)
