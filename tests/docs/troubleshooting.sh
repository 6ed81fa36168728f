#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless stepdown can say every message that src/docs/troubleshooting.md quotes: tests/docs/troubleshooting.sh SOURCE
set -euo pipefail
root=${1:?usage: tests/docs/troubleshooting.sh SOURCE}
page=src/docs/troubleshooting.md

# The string literals of the sources as text. Literals that stand side by side are one.
literals() {
    find "$root/src/" -name '*.cpp' -exec cat {} + | tr '\n' ' ' | sed -E 's/([^\\])" +"/\1/g; s/\\"/"/g'
}

# rows: the rows of the table, without its head.
rows() { sed -n '/^## Messages/,/^## [^M]/p' "$root/$page" | grep '^|' | sed 1,2d; }

# The first column of the table, a message a line.
# shellcheck disable=SC2016  # the marks of Markdown
quoted() { rows | cut -d'|' -f2 | grep -oE '`[^`]+`' | tr -d '`'; }

# fragments MESSAGE: the text between the variable parts, without the colons that join reasons to them.
fragments() {
    sed -E 's/…/\n/g; s/: /\n/g; s/\. /\n/g' <<<"$1" | sed -E 's/^[ ,:.)]+//; s/[ :.?]+$//' | grep -E '.{3}'
}

# The texts of an errno come from the C library, and from no source.
is_errno_text() {
    [[ $1 =~ ^(Permission denied|Read-only file system|No such file or directory|Operation not permitted)$ ]]
}

# A literal has the fragment, or one literal ends in its first words and another begins with the rest.
is_said() {
    local words left
    grep -qF -- "$1" <<<"$text" && return
    read -ra words <<<"$1"
    for ((n = 1; n < ${#words[@]}; n++)); do
        left="${words[*]:0:n} \""
        grep -qF -- "$left" <<<"$text" && grep -qF -- "\"${words[*]:n}" <<<"$text" && return
    done
    return 1
}

# The identifiers of messages in the source and in the page. "other" is of no problem and no warning.
identifiers() { sed -n '/^constexpr std::string_view names =/,/;$/p' "$root/src/base/message.cpp" | grep -oE '[a-z]+(-[a-z]+)+'; }
# shellcheck disable=SC2016  # the marks of Markdown
named() { sed -n '/^## Identifiers/,/^## M/p' "$root/$page" | grep -oE '`[a-z]+(-[a-z]+)+`' | tr -d '`'; }

text=$(literals)
failures=0
diff <(identifiers) <(named) >&2 || failures=$((failures + 1))
while IFS= read -r row; do
    [[ $row =~ ^\|\ \`[^|]+\ \|\ [^|]+\ \|$ ]] && continue
    echo "$page: not a row of a quoted message and a remedy: $row" >&2
    failures=$((failures + 1))
done < <(rows)
mapfile -t messages < <(quoted)
for message in "${messages[@]}"; do
    while read -r fragment; do
        if is_errno_text "$fragment" || is_said "$fragment"; then continue; fi
        echo "$page quotes \"$message\", and no source has \"$fragment\"" >&2
        failures=$((failures + 1))
    done < <(fragments "$message")
done
((${#messages[@]} > 120)) || { echo "$page has ${#messages[@]} messages only" >&2; exit 1; }
((failures == 0))
