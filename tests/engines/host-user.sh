#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A development container in which node has the ids of whoever owns the workspace.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

start_docker
make_debian
make_stepdown
example host-user
build_image host-user "$example"

# start OWNER MODE: the service, on a new workspace.
start() {
    export WORKSPACE=$work/workspace
    rm -rf "$WORKSPACE"
    mkdir -m "$2" "$WORKSPACE"
    chown "$1" "$WORKSPACE"
    compose "$example" up -d >"$work/compose.log" 2>&1 || { cat "$work/compose.log" >&2 && return 1; }
    container=$(compose "$example" ps -q dev)
    wait_until 10 runs || fail "the service does not start: $(docker logs "$container" 2>&1)"
}

restart() {
    compose "$example" restart -t 5 >"$work/compose.log" 2>&1
    wait_until 10 runs || fail "the service does not start again: $(docker logs "$container" 2>&1)"
}

stop() { compose "$example" down -t 5 >"$work/compose.log" 2>&1; }

# processes NAME: uids and gids of those in the container that have this name.
processes() { docker top "$container" -eo pid,uid,gid,comm | awk -v name="$1" '$4 == name { print $2 ":" $3 }'; }
runs() { [[ -n $(processes sleep) ]]; }

# What a start may change: the account files, with whatever lies beside them, and the home.
state() { docker exec "$container" sh -c 'cd / && stat -c "%i %u:%g %Z %n" etc etc/*passwd* etc/*group* $(find home)'; }

without_stepdown() {
    docker run --rm --network none --workdir /workspace -v "$WORKSPACE:/workspace" "$@" 2>&1
}

# member NAME: of devcontainer.json, which may have lines of comments (JSON with comments), as JSON.
member() { sed 's#^ *//.*##' "$devcontainer" | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin).get(sys.argv[1])))' "$1"; }

# variable NAME: of the image's environment.
variable() { docker image inspect -f '{{range .Config.Env}}{{println .}}{{end}}' host-user | sed -n "s/^$1=//p"; }

# What devcontainer.json names exists, and its user is the one that stepdown gives the ids to.
check_devcontainer() {
    devcontainer=$example/.devcontainer/devcontainer.json
    expect_equal "overrideCommand" "$(member overrideCommand)" false
    expect_equal "updateRemoteUserUID" "$(member updateRemoteUserUID)" false
    expect_equal "remoteUser" "$(member remoteUser)" "\"$(variable GOSU_USER)\""
    expect_equal "containerUser and the image's, of a start as root" "$(member containerUser) $(docker image inspect -f '{{.Config.User}}' host-user)" "null "
    local file folder
    file=$(dirname "$devcontainer")/$(member dockerComposeFile | tr -d '"')
    folder=$(member workspaceFolder | tr -d '"')
    expect_equal "dockerComposeFile" "$(realpath "$file")" "$(realpath "$example/compose.yaml")"
    expect_equal "service" "$(compose "$example" config --services)" "$(member service | tr -d '"')"
    expect_match "volume of the workspace" "$(compose "$example" config)" " - $example:$folder:rw"
    expect_equal "paths of the ids" "$(variable GOSU_UID) $(variable GOSU_GID)" "@$folder @$folder"
    expect_equal "working directory" "$(docker image inspect -f '{{.Config.WorkingDir}}' host-user)" "$folder"
}

# start_as_tools_do [WORD]...: with the entrypoint that tools of the specification give the service: a shell that becomes
# the words, or that waits if there are none.
start_as_tools_do() {
    local words
    words=$(printf ', "%s"' "$@")
    if (($# == 0)); then words=""; fi
    cat >"$example/tools.yaml" <<END
services:
  dev:
    entrypoint: ["/bin/sh", "-c", "echo Container started; trap 'exit 0' 15; exec \"\$\$@\"; while sleep 1 & wait \$\$!; do :; done", "-"$words]
END
    if (($# == 0)); then echo '    command: []' >>"$example/tools.yaml"; fi
    compose_files=(compose.yaml tools.yaml)
    start 1234:1235 0755
}

# overrideCommand false leaves the words of the image and of compose.yaml, and true takes them away.
check_start_by_tools() {
    start_as_tools_do stepdown
    expect_equal "who runs the service of the tools" "$(processes sleep)" 1234:1235
    expect_exit 0 compose "$example" exec -T -u node dev touch made
    expect_equal "owner of what the tools make" "$(stat -c %u:%g "$WORKSPACE/made")" 1234:1235
    stop
    start_as_tools_do
    expect_exit 1 compose "$example" exec -T -u node dev touch made
    expect_match "with overrideCommand true" "$output" "Permission denied"
    stop
    compose_files=(compose.yaml)
}

check_devcontainer
check_start_by_tools

start 1234:1235 0755
expect_equal "who runs the service" "$(processes sleep)" 1234:1235
# shellcheck disable=SC2016 # the container's shell expands it
in_container='set -e
id; echo "$HOME"; grep "^node:" /etc/passwd /etc/group
git config --global user.name Node; git config --global user.email node@example.org
git init -q && echo text >file && git add file && git commit -qm "The first" && git log --format="%an: %s"
ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id && ssh-keygen -lf ~/.ssh/id | grep -o "node@.*ED25519" | sed s/@.*//
stat -c "%U:%G %n" ~ ~/.profile ~/.gitconfig ~/.ssh/id'
wanted='uid=1234(node) gid=1235(node) groups=1235(node)
/home/node
/etc/passwd:node:x:1234:1235::/home/node:/bin/bash
/etc/group:node:x:1235:
Node: The first
node
node:node /home/node
node:node /home/node/.profile
node:node /home/node/.gitconfig
node:node /home/node/.ssh/id'
expect_exit 0 compose "$example" exec -T -u node dev bash -c "$in_container"
expect_equal "node, as Docker finds it" "$output" "$wanted"
docker exec "$container" rm -rf /home/node/.ssh/id /home/node/.ssh/id.pub /workspace/.git /workspace/file
expect_exit 0 compose "$example" exec -T dev stepdown -u node bash -c "$in_container"
expect_match "what the call ignores" "$output" "warning: ignored GOSU_UID, GOSU_GID, GOSU_CHOWN: -u makes this a call"
expect_equal "node, as stepdown finds it" "$(grep -v '^stepdown: warning: ignored ' <<<"$output")" "$wanted"
expect_equal "owners on the host" "$(find "$WORKSPACE" -printf '%U:%G\n' | sort -u)" 1234:1235

before=$(state)
restart
expect_equal "what a restart leaves" "$(state)" "$before"
expect_equal "who runs the service after a restart" "$(processes sleep)" 1234:1235
expect_equal "what stepdown says" "$(docker logs "$container" 2>&1)" ""
stop

expect_exit 128 without_stepdown --user node --entrypoint git host-user log
expect_match "without stepdown, as node" "$output" "detected dubious ownership in repository at '/workspace'"
expect_exit 255 without_stepdown --user 1234:1235 --entrypoint ssh-keygen host-user -q -N "" -f /tmp/id
expect_equal "without stepdown, as the host's user" "$output" $'No user exists for uid 1234\r'
expect_exit 255 without_stepdown --user 1234:1235 --entrypoint git host-user config --global user.name Node
expect_match "without stepdown, as the host's user" "$output" '//.gitconfig: Permission denied'

# As Docker Desktop shows every workspace.
start root:root 0777
kept='stepdown: warning: user node keeps its uid 1000 and gid 1000: root owns the path of GOSU_UID=@/workspace, GOSU_GID=@/workspace'
expect_equal "who runs the service in root's workspace" "$(processes sleep)" 1000:1000
expect_equal "what stepdown says to root's workspace" "$(docker logs "$container" 2>&1)" "$kept"
expect_exit 0 compose "$example" exec -T -u node dev touch made
expect_equal "owner of what is made there" "$(stat -c %u:%g "$WORKSPACE/made")" 1000:1000
before=$(state)
restart
expect_equal "what a restart leaves of root's workspace" "$(state)" "$before"
expect_equal "what stepdown says at a restart" "$(docker logs "$container" 2>&1)" "$kept"$'\n'"$kept"
stop
