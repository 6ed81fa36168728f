#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manual page is roff that groff has nothing to say about, and tells of every option:
# tests/docs/man_page.sh STEPDOWN_DOCS STEPDOWN
set -euo pipefail
docs=${1:?usage: tests/docs/man_page.sh STEPDOWN_DOCS STEPDOWN} stepdown=$2
template=$(dirname "${BASH_SOURCE[0]}")/../../src/docs/stepdown.1.in

if ! command -v groff >/dev/null; then
    echo "Skipped: groff is not installed"
    exit 77
fi

failures=0
wrong() {
    echo "stepdown.1: $*" >&2
    failures=$((failures + 1))
}

page=$("$docs" "$template")
said=$(groff -man -ww -z -Tutf8 <<<"$page" 2>&1)
[[ -z $said ]] || wrong "$said"

# Not in its usual 80 columns, in which an option may be broken.
shown=$(groff -man -Tascii -rLL=200n -P-cbou <<<"$page")
version=$("$stepdown" --version)
[[ $shown == *"${version% (*}"* ]] || wrong "does not tell the version"
grep -q '@[A-Z_]*@' <<<"$shown" && wrong "has a mark that nothing filled"
options=0
while IFS= read -r line; do
    options=$((options + 1))
    [[ $shown == *$'\n       '"$line"[[:space:]]* ]] || wrong "lacks the option $line"
done < <("$stepdown" --help-all | sed -nE 's/^ +-/-/p')
((options > 20)) || wrong "was compared with $options options only"
((failures == 0))
