# SPDX-License-Identifier: Apache-2.0
# Sourced, from the top of the source tree. Builds presets, and shows output only where something fails.
# shellcheck shell=bash

# progress_in LOG: how far the work is that writes it, in a few words.
progress_in() {
    local steps compiled
    steps=$(grep -oE '^\[[0-9]+/[0-9]+\]' "$1" | tail -n 1)
    compiled=$(grep -c '^libtool: compile' "$1")
    if [[ $steps ]]; then
        echo "step ${steps//[][]/}"
    elif ((compiled)); then
        echo "$compiled files of the C++ library compiled"
    else
        tail -n 1 "$1" | cut -c 1-70
    fi
}

# report_progress LOG: every STEPDOWN_PROGRESS seconds, until it is killed or the script that started it has ended.
report_progress() {
    local began=$SECONDS
    while ! read -rt "$STEPDOWN_PROGRESS" <> <(:) && kill -0 $$ 2>/dev/null; do
        echo "  after $((SECONDS - began)) s: $(progress_in "$1")"
    done
}

# quietly NAME COMMAND...: runs it with its output in build/NAME.log, which is shown if the command fails. A function ends
# at the first command that fails in it, and changes no variable of the caller: behind `||` or in an `if` its set -e
# would be off. With STEPDOWN_PROGRESS=SECONDS in the environment it says in that interval how far the command is.
quietly() {
    local log=build/$1.log status reporter=
    shift
    mkdir -p build
    set +e
    if [[ ${STEPDOWN_PROGRESS:-} ]]; then
        : >"$log"
        report_progress "$log" </dev/null &
        reporter=$!
    fi
    (set -e && "$@") >"$log" 2>&1 </dev/null
    status=$?
    if [[ $reporter ]]; then
        kill "$reporter"
        wait "$reporter" 2>/dev/null
    fi
    set -e
    if ((status)); then
        cat "$log" >&2
        echo "$0: exit code $status from: $*" >&2
    fi
    return "$status"
}

# configure PRESET [OPTION...]: options as cmake takes them.
configure() { quietly "configure-$1" cmake --preset "$@"; }

# build PRESET [OPTION...]: of a preset that was configured.
build() {
    echo "Building $1"
    quietly "build-$1" cmake --build --preset "$@"
}
