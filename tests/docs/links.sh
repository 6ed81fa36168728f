#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless every link of every page leads to a file, and to a heading, that exists: tests/docs/links.sh SOURCE
set -euo pipefail
cd "${1:?usage: tests/docs/links.sh SOURCE}"

failures=0
wrong() {
    echo "$*" >&2
    failures=$((failures + 1))
}

# The text of a page, without blocks of code.
text() { awk '/^ *```/ { code = !code; next } !code' "$1"; }

# links PAGE: the targets of its links and images.
links() { text "$1" | grep -oE '\]\([^) ]+\)' | sed -E 's/^\]\(//; s/\)$//' || true; }

# anchors PAGE: the names that GitHub gives to the headings.
anchors() {
    text "$1" | sed -nE 's/^#+ +//p' | tr '[:upper:]' '[:lower:]' | sed -E 's/`//g; s/\[([^]]*)\]\([^)]*\)/\1/g' |
        sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# check PAGE LINK
check() {
    local page=$1 file=${2%%#*} anchor="" target
    if [[ $2 == *'#'* ]]; then anchor=${2#*#}; fi
    target=$page
    if [[ -n $file ]]; then target=$(dirname "$page")/$file; fi
    if [[ ! -e $target ]]; then
        wrong "$page: there is no $file"
    elif [[ -n $anchor ]] && ! anchors "$target" | grep -qxF -- "$anchor"; then
        wrong "$page: there is no heading #$anchor in $target"
    fi
}

checked=0
while IFS= read -r page; do
    while IFS= read -r link; do
        [[ $link != http://* && $link != https://* ]] || continue
        check "$page" "$link"
        checked=$((checked + 1))
    done < <(links "$page")
done < <(find . -name '*.md' -not -path './build/*' -not -path './.git/*' | sed 's,^\./,,' | sort)
((checked > 40)) || wrong "only $checked links were found"
((failures == 0))
