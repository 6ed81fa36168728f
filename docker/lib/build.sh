# SPDX-License-Identifier: Apache-2.0
# Sourced, from the top of the source tree. Builds presets, and shows output only where something fails.
# shellcheck shell=bash

# quietly NAME COMMAND...: runs it with its output in build/NAME.log, which is shown if the command fails. A function ends
# at the first command that fails in it, and changes no variable of the caller: behind `||` or in an `if` its set -e
# would be off.
quietly() {
    local log=build/$1.log status
    shift
    mkdir -p build
    set +e
    (set -e && "$@") >"$log" 2>&1 </dev/null
    status=$?
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
