#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# one.sh PROGRAM TARGET [OPTION]...: replays the corpus of TARGET and what earlier runs found, then fuzzes for
# STEPDOWN_FUZZ_SECONDS (20). Prints the input that fails. The options are libFuzzer's.
set -euo pipefail
program=$1 target=$2 here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
shift 2

found=$(dirname "$program")/found/$target failed=$(dirname "$program")/failed/$target
mkdir -p "$found" "$failed"
[[ -w /dev/shm ]] && export TMPDIR=/dev/shm
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

options=(-max_total_time="${STEPDOWN_FUZZ_SECONDS:-20}" -timeout=60 -print_funcs=0 "$@")
# The usual run is the same each time, so that a change is judged by itself; a longer one goes its own way.
[[ -n ${STEPDOWN_FUZZ_SECONDS:-} ]] || options+=(-seed=1)
[[ -e $here/$target.dict ]] && options+=(-dict="$here/$target.dict")
status=0
TMPDIR=$scratch "$program" "${options[@]}" -artifact_prefix="$scratch/" "$found" "$here/corpus/$target" \
    >"$scratch/log" 2>&1 || status=$?

# Each input that is new to libFuzzer is a line, of which the last tells enough.
progress='^#[0-9]+[[:space:]]+(INITED|NEW|REDUCE|RELOAD|pulse|DONE)'
((status == 0)) || grep -vE "$progress|# Uses: |ecommended dictionary" "$scratch/log" || true
echo "$target: $(grep -E "$progress" "$scratch/log" | tail -n 1)"
for input in "$scratch"/{crash,leak,oom,timeout}-*; do
    [[ -e $input ]] || continue
    cp "$input" "$failed/"
    echo "The input, kept as $failed/${input##*/}:"
    od -A d -c "$input"
    base64 "$input"
done
exit "$status"
