#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless README is short, and has its sections in the order that a newcomer needs: tests/docs/readme.sh SOURCE
set -euo pipefail
cd "${1:?usage: tests/docs/readme.sh SOURCE}"

most_lines=200 most_words=1900
sections="Before and after
What that changes
Install
Use
Settings
When permission is denied
Security
As gosu and su-exec
Compared with
Build and test
Licence"

failures=0
wrong() {
    echo "README.md: $*" >&2
    failures=$((failures + 1))
}

lines=$(wc -l <README.md) words=$(wc -w <README.md)
((lines <= most_lines)) || wrong "has $lines lines, over $most_lines"
((words <= most_words)) || wrong "has $words words, over $most_words"
diff <(printf '%s\n' "$sections") <(sed -n 's/^## //p' README.md) >&2 || wrong "has other sections than wanted (<)"
for page in src/docs/*.md; do
    grep -qF "]($page" README.md || wrong "does not link to $page"
done
((failures == 0))
