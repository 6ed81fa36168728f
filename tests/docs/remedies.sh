#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails if a row of src/docs/troubleshooting.md has no line in tests/docs/remedies.txt, or names a test that does not
# exist: tests/docs/remedies.sh SOURCE
set -euo pipefail
root=${1:?usage: tests/docs/remedies.sh SOURCE}
list=$root/tests/docs/remedies.txt
failures=0

complain() {
    echo "tests/docs/remedies.txt: $1" >&2
    failures=$((failures + 1))
}

# The first message of each row of the table.
# shellcheck disable=SC2016  # the marks of Markdown
messages() {
    sed -n '/^## Messages/,/^## [^M]/p' "$root/src/docs/troubleshooting.md" | grep '^| `' | sed -E 's/^\| `([^`]+)`.*/\1/'
}

lines() { grep -v '^#' "$list"; }
# "Suite.Name" of each test.
tests() {
    find "$root/tests" -name '*_test.cpp' -exec cat {} + | tr '\n' ' ' |
        grep -oE 'TEST(_F|_P)?\( *[A-Za-z0-9]+, *[A-Za-z0-9]+\)' | sed -E 's/.*\( *(.*), *(.*)\)/\1.\2/'
}

all=$(tests)
diff <(messages | sort) <(lines | sed 's/ | [a-z]* [^ ]*$//' | sort) >&2 || complain "the rows differ from those of the page"
while read -r kind name; do
    case $kind in
        remedied | said) grep -qxF -- "$name" <<<"$all" || complain "there is no test $name" ;;
        engine) [[ -e $root/tests/engines/$name.sh ]] || complain "there is no tests/engines/$name.sh" ;;
        untested) ;;
        *) complain "unknown word $kind" ;;
    esac
done < <(lines | sed 's/.* | //')
# A row may gain a test, and none may lose one.
most_untested=4
(($(lines | grep -c ' | untested ') <= most_untested)) || complain "more than $most_untested rows have no test"
((failures == 0))
