#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless every chart can be read by a screen reader and on a dark page, names the number of threads, and shows the
# figures of figures.csv: tests/docs/charts.sh SOURCE
set -euo pipefail
cd "${1:?usage: tests/docs/charts.sh SOURCE}/tests/bench/charts"

failures=0
wrong() {
    echo "$chart: $*" >&2
    failures=$((failures + 1))
}

# has PATTERN WHAT
has() { grep -qE -- "$1" "$chart" || wrong "lacks $2"; }

# figure CASE TOOL COLUMN DIVISOR: of the largest tree.
figure() {
    awk -F, -v state="$1" -v tool="$2" -v column="$3" -v by="$4" '
        $1 == state && $2 == tool && $3 > most { most = $3; value = $column / by }
        END { printf "%.2f", value }' figures.csv
}

for chart in ownership.svg memory.svg startup.svg; do
    has '^<svg role="img" aria-labelledby="title description"' "its role"
    has '^<title id="title">[A-Z].{20}' "a title"
    has '^<desc id="description">.{100}' "a description"
    has '^<rect x="0" y="0" .*fill="#ffffff"' "a background of its own"
    if grep -qiE '<title>|<desc>|>Gnuplot<' "$chart"; then wrong "has a title of gnuplot's"; fi
done
for chart in ownership.svg memory.svg; do
    has 'stepdown \([0-9]+ threads?\)' "the number of stepdown's threads"
    has '1 thread' "the number of its peers' threads"
done
for tool in stepdown chown busybox find; do
    for case in right wrong; do
        chart=ownership.svg
        has "^<desc.* $(figure "$case" "$tool" 6 1e6) s " "the time of $tool, $case"
        chart=memory.svg
        has "^<desc.* $(figure "$case" "$tool" 7 1024) MiB " "the memory of $tool, $case"
    done
done
((failures == 0))
