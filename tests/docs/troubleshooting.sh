#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whether stepdown can say what README's list of messages quotes: tests/docs/troubleshooting.sh SOURCE_DIRECTORY
set -euo pipefail
root=${1:?usage: tests/docs/troubleshooting.sh SOURCE_DIRECTORY}

# The string literals of the sources, those that stand side by side in one, as text.
literals() {
    find "$root/src/" -name '*.cpp' -exec cat {} + | tr '\n' ' ' | sed -E 's/([^\\])" +"/\1/g; s/\\"/"/g'
}

# The first column of the table, a message a line.
# shellcheck disable=SC2016  # the marks of Markdown
quoted() {
    sed -n '/^## Troubleshooting/,/^## [^T]/p' "$root/README.md" | grep '^| `' | cut -d'|' -f2 |
        grep -oE '`[^`]+`' | tr -d '`'
}

# fragments MESSAGE: what is between the variable parts, without the colons that join reasons to them.
fragments() {
    sed -E 's/…/\n/g; s/: /\n/g; s/\. /\n/g' <<<"$1" | sed -E 's/^[ ,:.)]+//; s/[ :.?]+$//' | grep -E '.{3}'
}

# What the C library says of an errno, and no source does.
is_errno_text() {
    [[ $1 =~ ^(Permission denied|Read-only file system|No such file or directory|Operation not permitted)$ ]]
}

# Whether a literal has it, or one ends in its first words and another begins with the rest.
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

text=$(literals)
mapfile -t messages < <(quoted)
failures=0
for message in "${messages[@]}"; do
    while read -r fragment; do
        if is_errno_text "$fragment" || is_said "$fragment"; then continue; fi
        echo "README quotes \"$message\", and no source has \"$fragment\"" >&2
        failures=$((failures + 1))
    done < <(fragments "$message")
done
((${#messages[@]} > 40)) || { echo "README's list has ${#messages[@]} messages only" >&2; exit 1; }
((failures == 0))
