#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks the spelling: tests/docs/spelling.sh
#   - aspell(1) reads the pages, and tests/docs/words has the words that it does not know;
#   - codespell(1) looks for common typos in the comments and the messages of all sources.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

failures=0
pages=(README.md src/docs/*.md .github/*.md docker/README.md docker/examples/*/README.md tests/bench/startup/README.md)

# prose PAGE: without blocks of code, code in a line, comments, the targets of links, and the genitive.
# shellcheck disable=SC2016  # the marks of Markdown
prose() {
    awk '/^ *```/ { code = !code; next } code || /^    / { next } { print }' "$1" |
        sed -E 's/<!--.*-->//g; s/`[^`]*`//g; s/\]\([^)]*\)/]/g; s/'"'"'s\b//g'
}

# The personal dictionary of aspell(1) has a head, and "words" does not.
dictionary=$(mktemp)
trap 'rm -f "$dictionary"' EXIT
{ echo "personal_ws-1.1 en 0 utf-8" && cat tests/docs/words; } >"$dictionary"
for page in "${pages[@]}"; do
    mapfile -t unknown < <(prose "$page" | aspell list --lang=en_GB --encoding=utf-8 --personal="$dictionary" | sort -u)
    ((${#unknown[@]} == 0)) && continue
    echo "$page: unknown words: ${unknown[*]}" >&2
    failures=$((failures + ${#unknown[@]}))
done

# The tests of typing errors are full of them. A typo is shown with its line.
typos=(src/settings/typo.cpp tests/unit/settings tests/fuzz/corpus tests/fuzz/typo.dict tests/docs/words)
find CMakeLists.txt CMakePresets.json docker include src tests .ci .github -type f ! -name '*.svg' ! -name '*.csv' |
    grep -vF "$(printf '%s\n' "${typos[@]}")" | xargs -d '\n' codespell --ignore-words tests/docs/words --quiet-level 2 || failures=$((failures + 1))

if ((failures)); then echo "A word that is right belongs into tests/docs/words" >&2; fi
((failures == 0))
