#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails if a sentence of a page has more than 25 words. Code counts as one word: tests/docs/sentences.sh SOURCE
set -euo pipefail
cd "${1:?usage: tests/docs/sentences.sh SOURCE}"

# blocks PAGE: each paragraph, item, heading and cell of a table in a line.
blocks() {
    awk '
        function flush() { if (block != "") print block; block = "" }
        /^ *```/ { code = !code; flush(); next }
        code || /^<!--/ || (/^    / && !/^ *\*/) { flush(); next }
        /^ *$/ { flush(); next }
        /^\|/ { flush(); count = split($0, cells, "|"); for (i = 1; i <= count; i++) print cells[i]; next }
        /^ *[*#]/ { flush(); sub(/^ *[*#]+ /, "") }
        { block = block " " $0 }
        END { flush() }' "$1"
}

# long PAGE: the sentences that are too long, each after the number of its words.
# shellcheck disable=SC2016  # the marks of Markdown
long() {
    blocks "$1" | sed -E 's/`[^`]*`/X/g; s/\]\([^)]*\)/]/g; s/([.:!?;]["*)]*) +/\1\n/g' | awk 'NF > 25 { print NF ": " $0 }'
}

failures=0
for page in README.md src/docs/*.md .github/*.md docker/README.md docker/examples/*/README.md; do
    while IFS= read -r sentence; do
        echo "$page: words in a sentence: $sentence" >&2
        failures=$((failures + 1))
    done < <(long "$page")
done
((failures == 0))
