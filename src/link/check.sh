#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check.sh MAP PROGRAM: fails, names the lines, and removes PROGRAM where a line of order.ld or glibc.ld matches nothing
# that was linked, by the map that ld(1) wrote of it (-Map). ld itself passes over such a line without a word.
set -eu

# Under an output section the map has each line of the script, and below it, indented, the input sections that it
# matched: "NAME ADDRESS SIZE FILE", of which a long NAME stands on a line of its own. What was garbage is not there.
unmatched() {
    awk '
        function conclude() { if (line != "") print "  " line; line = "" }
        /^\.(text|bss)\.(start|often|seldom)( |$)/ { inside = 1; next }
        /^[^ ]/ { conclude(); inside = 0 }
        !inside || /^ \*fill\*/ { next }
        /^ [*E].*\)$/ { conclude(); line = $0; lines++; sub(/^ */, "", line) }
        / 0x[0-9a-f]+ +0x[0-9a-f]*[1-9a-f][0-9a-f]* [^ ]/ { line = "" }
        END { conclude(); if (!lines) print "  the whole script" }' "$1"
}

lines=$(unmatched "$1")
[ -n "$lines" ] || exit 0
rm -f "$2"
printf 'src/link: no code of the program matches\n%s\n' "$lines" >&2
exit 1
