#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# security.sh SOURCE: fails unless each promise in SECURITY.md names its tests, and each test that it or a page names exists.
set -euo pipefail
cd "$1"

page=.github/SECURITY.md
failures=0
complain() {
    echo "$page: $1"
    failures=$((failures + 1))
}

# Each promise in a line of its own.
promises() {
    sed -n '/^## Promises/,/^## What is not promised/p' "$page" |
        awk '/^\* / { if (text) print text; text = $0; next } /^  / { sub(/^ +/, " "); text = text $0 } END { print text }'
}

# The names of tests in standard input: `Suite.Name`, `Suite.*` and files below tests/.
references() { grep -oE '`(tests/[a-z_/]+\.(cpp|sh)|[A-Z][A-Za-z0-9]+\.([A-Z][A-Za-z0-9]+|\*))`' | tr -d '`' || true; }

# Whether a test of that suite and name ("*": any) is in some source.
has_test() {
    local name=$2
    [[ $name != '*' ]] || name='[A-Za-z0-9]+'
    grep -rqE "^TEST(_F|_P)?\($1, $name\)" tests/unit tests/root || grep -qE "add_test\(NAME $1\.$name( |$)" tests/CMakeLists.txt
}

while IFS= read -r promise; do
    [[ -n $(references <<<"$promise") ]] || complain "no test is named for: ${promise:2:60}"
done < <(promises)

while IFS= read -r reference; do
    case $reference in
        tests/*) [[ -f $reference ]] || complain "there is no $reference" ;;
        *) has_test "${reference%%.*}" "${reference#*.}" || complain "there is no test $reference" ;;
    esac
done < <(cat "$page" README.md src/docs/*.md | references | sort -u)

((failures == 0))
