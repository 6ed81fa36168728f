#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless the figures in the pages are those of tests/bench/charts/figures.csv: tests/docs/figures.sh SOURCE [--write]
# With --write it puts them there. A page has them between the lines "<!-- figures: BLOCK -->" and "<!-- end of figures -->".
set -euo pipefail
cd "${1:?usage: tests/docs/figures.sh SOURCE [--write]}"

# with_figures PAGE: the page with the figures of today.
with_figures() {
    local line name skipping=false
    while IFS= read -r line; do
        if [[ $line == '<!-- end of figures -->' ]]; then skipping=false; fi
        if ! $skipping; then printf '%s\n' "$line"; fi
        if [[ $line =~ ^'<!-- figures: '([a-z]+)' -->'$ ]]; then
            name=${BASH_REMATCH[1]} skipping=true
            awk -F, -v block="$name" -f tests/bench/table.awk tests/bench/charts/figures.csv
        fi
    done <"$1"
}

failures=0 blocks=0
for page in README.md src/docs/performance.md; do
    blocks=$((blocks + $(grep -c '^<!-- figures: ' "$page")))
    wanted=$(with_figures "$page")
    if [[ ${2:-} == --write ]]; then printf '%s\n' "$wanted" >"$page"; fi
    diff -u "$page" - <<<"$wanted" || failures=$((failures + 1))
done
((blocks >= 3)) || { echo "the pages have $blocks blocks of figures only" >&2; exit 1; }
if ((failures)); then echo "Run tests/docs/figures.sh . --write" >&2; fi
((failures == 0))
