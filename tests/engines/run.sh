#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/engines/run.sh [NAME]...: runs the named tests of this folder, by default all of them, each with container engines
# of its own. Needs root and build/release-musl/stepdown. Exit code 77: none failed, and some could not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if (($# == 0)); then
    # A file that is sourced has no line for an interpreter.
    mapfile -t names < <(awk 'FNR == 1 && /^#!/ { print FILENAME }' tests/engines/*.sh | xargs basename -as .sh | grep -vx run)
    set -- "${names[@]}"
fi

worst=0
for name in "$@"; do
    status=0 began=$SECONDS
    bash "tests/engines/$name.sh" || status=$?
    case $status in
        0) verdict=passed ;;
        77) verdict=skipped ;;
        *) verdict=FAILED ;;
    esac
    echo "$name: $verdict after $((SECONDS - began)) s"
    if ((status != 0 && (worst == 0 || worst == 77))); then worst=$status; fi
done
exit "$worst"
