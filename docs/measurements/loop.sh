#!/bin/sh
# The loop of docs/discover.md, closed: find the limit of a service that nobody knows, choose a policy on what was found, and run the policy
# against the service. From the root of the repository: `sh docs/measurements/loop.sh`. Takes about two minutes.
set -eu
loadline=${LOADLINE:-target/release/loadline}
out=${OUT:-reports/loop}
mkdir -p "$out"
say() { printf '\n$ %s\n' "$*"; }

# The service as it is. From here on only `discover` and the last runs meet it, and none of them reads what is in it.
cat docs/loop/load.yaml docs/loop/secret.yaml > "$out/service.yaml"

say "loadline discover service.yaml --yaml > found.yaml"
"$loadline" discover "$out/service.yaml" --out "$out" --no-progress --yaml > "$out/found.yaml"
cat "$out/found.yaml"

say "cat load.yaml found.yaml > model.yaml; loadline tune model.yaml"
cat docs/loop/load.yaml "$out/found.yaml" > "$out/model.yaml"
"$loadline" tune "$out/model.yaml" --out "$out" --no-progress --json > "$out/tune.json"
winner=$(python3 -c 'import json, sys
candidates = json.load(open(sys.argv[1]))["tune"]["candidates"]
print(next(it["name"] for it in candidates if it["place"] == 1))' "$out/tune.json")
echo "the best: $winner"

for policy in fixed "$winner"; do
  say "loadline run service.yaml --set retry=$policy"
  "$loadline" run "$out/service.yaml" --set "retry=$policy" --out "$out" --no-progress 2>&1 || true
done
