# SPDX-License-Identifier: Apache-2.0
# Sourced by lib.sh. Words to expect things with: each says what was not so and counts it, and the test goes on.
# shellcheck shell=bash

failures=0

fail() {
    printf '%s: FAILED: %s\n' "$0" "$1" >&2
    failures=$((failures + 1))
}

# expect_equal WHAT GOT WANTED
expect_equal() {
    [[ $2 == "$3" ]] || fail "$1"$'\n  got:    '"${2//$'\n'/$'\n          '}"$'\n  wanted: '"${3//$'\n'/$'\n          '}"
}

# expect_match WHAT GOT PATTERN: an extended regular expression that matches somewhere.
expect_match() {
    [[ $2 =~ $3 ]] || fail "$1"$'\n  got:       '"${2//$'\n'/$'\n             '}"$'\n  to match: '"$3"
}

# expect_exit CODE COMMAND...: its output, both streams, is left in $output.
expect_exit() {
    local wanted=$1 status=0
    shift
    output=$("$@" 2>&1 9>&-) || status=$?
    ((status == wanted)) || fail "exit code $status and not $wanted from: $*"$'\n'"$output"
}

# wait_until SECONDS COMMAND...: tries it until it succeeds, and says no when the time is over.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        read -rt 0.05 <> <(:) || true
    done
}
