#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks the properties that the file of every release must have: docker/lib/hardening.sh FILE KIND MOST_BYTES [PATH]...
# KIND is static-pie or static. The file must not contain any PATH, which is a place on the machine that built it. With
# QUICK=1, as in docker/build-all.sh, the file may start slower.
set -euo pipefail

file=${1:?usage: docker/lib/hardening.sh FILE KIND MOST_BYTES [PATH]...}
kind=$2 most_bytes=$3
shift 3

failures=0
wrong() {
    echo "$file: $*" >&2
    failures=$((failures + 1))
}

header=$(readelf -hW "$file")
segments=$(readelf -lW "$file")
sections=$(readelf -SW "$file")
dynamic=$(readelf -dW "$file")

has_segment() { grep -qE "^  $1 " <<<"$segments"; }

has_segment INTERP && wrong "needs a dynamic linker"
grep -q '(NEEDED)' <<<"$dynamic" && wrong "needs shared libraries"
grep -qE ' \.(symtab|debug_info) ' <<<"$sections" && wrong "is not stripped"
[[ ${QUICK:-} ]] || grep -qE ' \.text\.seldom ' <<<"$sections" || wrong "does not keep apart what a start seldom runs (src/link/order.ld)"

case $kind in
    static-pie)
        grep -qE 'Type: +DYN ' <<<"$header" || wrong "is not position-independent"
        grep -qE 'FLAGS_1.*\bNOW\b.*\bPIE\b' <<<"$dynamic" || wrong "does not bind everything at its start (BIND_NOW)"
        ;;
    static)
        grep -qE 'Type: +EXEC ' <<<"$header" || wrong "is not a static executable at a fixed address"
        ;;
    *)
        echo "$0: $kind is neither static-pie nor static" >&2
        exit 2
        ;;
esac

has_segment GNU_RELRO || wrong "has no segment that becomes read-only after relocation (RELRO)"
has_segment GNU_STACK || wrong "does not say what its stack is"
grep -E '^  GNU_STACK ' <<<"$segments" | grep -q E && wrong "has an executable stack"
grep -E '^  LOAD ' <<<"$segments" | grep -q 'RWE' && wrong "has a segment that is both writable and executable"
grep -q 'TEXTREL' <<<"$dynamic" && wrong "has relocations in its code"

# The limits are those of Debian 12. The compiler and CLI11 of Debian 13 make more code of the same sources.
(($(g++ -dumpversion) < 14)) || most_bytes=$((most_bytes * 11 / 10))
bytes=$(stat -c %s "$file")
((bytes <= most_bytes)) || wrong "has $bytes bytes, over $most_bytes"
for path in "$@"; do
    grep -qaF -- "$path" "$file" && wrong "holds the path $path"
done
((failures == 0))
