#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A notebook server as an arbitrary uid without a passwd entry, and as its own user where it starts as root; with a
# read-only root, too.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

start_docker
make_debian
make_stepdown
example jupyter-openshift
build_image jupyter-openshift "$example"

# ask METHOD PATH [JSON]: the server's status, by HTTP from inside its container.
ask() {
    docker exec server python3 -c '
import sys, urllib.request
method, path, body = sys.argv[1:]
request = urllib.request.Request("http://127.0.0.1:8888" + path, body.encode() or None, {"Authorization": "token t"},
                                 method=method)
print(urllib.request.urlopen(request).status)' "$1" "$2" "${3:-}"
}

notebook='{"type": "notebook", "content": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}'
# shellcheck disable=SC2016 # the container's shell expands it
in_container='xargs -0n1 </proc/1/environ | grep -E "^(HOME|USER|LOGNAME)="
stat -c "%u:%g %A" /home/jupyter/work /home/jupyter/work/new.ipynb'

# check_server NAME UID USER WARNINGS OPTION...: starts it, and looks for it to run as UID, known to itself as USER ("" for
# nobody) and after these WARNINGS.
check_server() {
    local name=$1 uid=$2 user=$3 who
    docker run -d --name server --network none -e JUPYTER_TOKEN=t "${@:5}" jupyter-openshift >/dev/null
    if ! wait_until 60 ask GET /api; then
        fail "$name: does not answer: $(docker logs server 2>&1)"
        docker rm -f server >/dev/null
        return
    fi

    expect_equal "$name: status of /api" "$(ask GET /api)" 200
    expect_equal "$name: status of a new notebook" "$(ask PUT /api/contents/new.ipynb "$notebook")" 201
    expect_equal "$name: process 1" "$(docker exec server cat /proc/1/comm)" tini
    expect_equal "$name: uids" "$(status_field server Uid)" "$uid $uid $uid $uid"
    expect_equal "$name: gids" "$(status_field server Gid)" "0 0 0 0"
    expect_equal "$name: capabilities" "$(status_field server CapPrm)" 0000000000000000
    who=$(docker exec -u "$uid:0" server whoami 2>&1) || true
    expect_equal "$name: whoami" "$who" "${user:-whoami: cannot find name for user ID $uid}"
    expect_equal "$name: its environment and files" \
        "$(docker exec -u "$uid:0" server sh -c "$in_container")" \
        "HOME=/home/jupyter${user:+$'\n'USER=$user$'\n'LOGNAME=$user}
$uid:0 drwxrwxr-x
$uid:0 -rw-rw-r--"
    expect_equal "$name: what stepdown says" "$(docker logs server 2>&1 | grep '^stepdown: ')" "$4"
    docker rm -f server >/dev/null
}

expect_exit 1 docker run --rm --network none -u 100000:0 --entrypoint tini jupyter-openshift -- jupyter-notebook
expect_match "without stepdown" "$output" "PermissionError: .*: '/.local'"
expect_exit 1 docker run --rm --network none -u 100000:0 --entrypoint whoami jupyter-openshift
expect_equal "without stepdown" "$output" "whoami: cannot find name for user ID 100000"

stays='stepdown: warning: uid 100000 is not root, so the command runs as that uid; skipped: GOSU_USER=jupyter'
nameless='stepdown: warning: cannot add user notebook with the ids 100000:0 in /etc/passwd: Read-only file system'
read_only=(--read-only --tmpfs /tmp --tmpfs /home/jupyter)
check_server "arbitrary uid" 100000 notebook "$stays" -u 100000:0
check_server "root" 1000 jupyter ""
check_server "arbitrary uid, read-only root" 100000 "" "$stays"$'\n'"$nameless" -u 100000:0 "${read_only[@]}"
check_server "root, read-only root" 1000 jupyter "" "${read_only[@]}"
