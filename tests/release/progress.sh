#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A build that runs for minutes says how far it is, where that is asked for: tests/release/progress.sh
# shellcheck source=tests/release/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

cd "$work"
mkfifo go
# work_until_told LINE: writes it to the log, and ends when somebody writes to the pipe.
work_until_told() {
    echo "$1"
    read -r <go
}

# reported WORDS: says yes once a line of the report holds them and nothing else.
reported() { grep -qsxF "$1" <(sed -E 's/^  after [0-9]+ s: //' said); }

# expect_progress LINE WORDS: a command that wrote LINE to its log is reported with these words.
expect_progress() {
    : >said
    STEPDOWN_PROGRESS=0.02 quietly log work_until_told "$1" >>said &
    local job=$! deadline=$((SECONDS + 60))
    until reported "$2" || ((SECONDS > deadline)); do read -rt 0.02 <> <(:) || true; done
    reported "$2" || fail "of \"$1\" it says \"$(tail -n 1 said)\""
    echo on >go
    wait "$job" || fail "a command that succeeds is reported with exit code $?"
}

expect_progress "[12/345] Building CXX object" "step 12/345"
expect_progress "libtool: compile:  g++ -c x.cc" "1 files of the C++ library compiled"
expect_progress "Setting up cmake (3.25.1-1) ..." "Setting up cmake (3.25.1-1) ..."
expect_equal "what is said unasked" "$(quietly log echo text)" ""
STEPDOWN_PROGRESS=9 quietly log false >/dev/null 2>&1 && fail "a command that fails is passed over"
expect_equal "jobs that are left" "$(jobs -pr)" ""
