#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless README's table of settings has the flags, the variables and the words of `stepdown --help-all`:
# tests/docs/settings.sh SOURCE STEPDOWN
set -euo pipefail
readme=${1:?usage: tests/docs/settings.sh SOURCE STEPDOWN}/README.md stepdown=$2

# options: the settings of the program, a line each: FLAGS|ARGUMENT|VARIABLE, such as "-u, --user|SPEC|GOSU_USER".
options() {
    "$stepdown" --help-all | sed -nE 's/^ +(-[a-zA-Z], )?(--[a-z-]+)( ([^ []+))?( +\[([A-Z_]+)\])?$/\1\2|\4|\6/p'
}

# table: the settings of README in the same form; a row with several settings gives a line for each.
# shellcheck disable=SC2016  # the marks of Markdown
table() {
    sed -n '/^## Settings/,/^## [^S]/p' "$readme" | grep '^| `-' | awk -F'|' '
        {
            gsub(/`/, "")
            gsub(/^ +| +$/, "", $2); gsub(/^ +| +$/, "", $3)
            count = split($2, flags, $2 ~ /;/ ? "; " : $2 ~ /^--[^,]*, --/ ? ", " : "\n")
            split($3, variables, ", ")
            for (i = 1; i <= count; i++) {
                argument = flags[i] ~ / [A-Z]+$/ ? flags[i] : ""
                sub(/.* /, "", argument); sub(/ [A-Z]+$/, "", flags[i])
                print flags[i] "|" argument "|" variables[i]
            }
        }'
}

# meaning FLAG: the default and the meaning of its row.
meaning() { grep -E -- "^\| .*$1[\` ]" "$readme" | cut -d'|' -f4-; }

failures=0
wrong() {
    echo "README.md: $*" >&2
    failures=$((failures + 1))
}

# Arguments that are a list of words have one letter in README, and the words in the columns behind it.
without_words() { sed -E 's/\|[a-z-]+(\|[a-z-]+)+\|/|W|/; s/\|(P|E|H|S|L|F|W)\|/|W|/'; }

diff <(options | without_words | sort) <(table | without_words | sort) >&2 || wrong "the table differs from --help-all (<)"
words=0
while IFS= read -r line; do
    flag=$(grep -oE -- '--[a-z-]+' <<<"$line" | head -n 1)
    # shellcheck disable=SC2013  # words, and not lines
    for word in $(sed -E 's/^[^|]*\|//; s/\|[A-Z_]*$//; s/\|/ /g' <<<"$line"); do
        words=$((words + 1))
        # shellcheck disable=SC2016  # the marks of Markdown
        [[ $(meaning "$flag") == *'`'"$word"'`'* ]] || wrong "the row of $flag does not name $word"
    done
done < <(options | grep -E '\|[a-z-]+\|[a-z]')
((words > 12)) || wrong "was compared with $words words only"
((failures == 0))
