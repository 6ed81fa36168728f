#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A supervisor hands a task process over to another user, with its pid, its socket and its environment.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

start_docker
make_debian
make_stepdown
example airflow-run-as-user
build_image run-as-user "$example"

supervise() { docker run --rm --network none "$@"; }

# check_task USER: the supervisor's log in $output tells of a task that ran as USER, and of a good end.
check_task() {
    local uid
    uid=$(docker run --rm --network none --entrypoint id run-as-user -u "$1")
    expect_match "log of a task of $1's" "$output" '"log": "task", "same_pid": true, "message_intact": true'
    expect_match "log of a task of $1's" "$output" \
        "\"user\": \"$1\", \"uids\": \[$uid, $uid, $uid\], \"gids\": \[$uid, $uid, $uid\], \"groups\": \[\]"
    expect_match "log of a task of $1's" "$output" "\"home\": \"/home/$1\", \"reads_airflow_cfg\": false"
    expect_match "log of a task of $1's" "$output" '"connection": "db"'
    expect_match "log of a task of $1's" "$output" '"log": "task.stderr", "line": "task done"'
    expect_match "log of a task of $1's" "$output" '"log": "end", "exit_code": 0'
}

expect_exit 0 supervise run-as-user airflowuser
check_task airflowuser
expect_exit 0 supervise -e GOSU_USER=airflow run-as-user airflowuser # the explicit one
check_task airflowuser
expect_exit 0 supervise --entrypoint python3 run-as-user /opt/supervisor.py # the default one
check_task airflow

expect_exit 125 supervise run-as-user nobody-here
expect_match "log of a user who does not exist" "$output" '"log": "task.stderr", "line": "stepdown: [^"]*nobody-here'
expect_match "log of a user who does not exist" "$output" '"log": "end", "exit_code": 125'
