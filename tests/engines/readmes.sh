#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every command of docker/README.md and of docker/examples/*/README.md as it is written there, by a user of the group
# docker, in a copy of the folder. A comment "# exit code N: TEXT" after a command says how it ends, and what it prints then.
# podman's commands are run by root, those of the example rootless by somebody else.

# A pod of the examples mounts the host's /srv/member, so /srv is one of this test's own.
# shellcheck source=tests/engines/own_mounts.sh
source "${BASH_SOURCE[0]%/*}/own_mounts.sh"
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source tests/engines/wheel.sh
source tests/engines/person.sh

user=$person group=$persons_group
bin=$work/bin

# commands README: the indented lines, below "Try it" if the page has that.
commands() {
    local from=1
    if grep -q '^\*\*Try it' "$1"; then from='/^\*\*Try it/'; fi
    sed -n "$from,\$ s/^    //p" "$1"
}

# The programs that the commands call. They reach this test's engines, and differ from a reader's in three options: a build
# has the host's network and its proxies; the image stepdown takes the program that is built already; and a pod has no network.
make_programs() {
    mkdir -p "$bin" "$home"
    chmod 0755 "$work"
    chown "$user:$group" "$home"
    cat >"$bin/docker" <<'END'
#!/bin/bash
if [[ $1 == build ]]; then
    proxies=(--network host --build-arg http_proxy --build-arg https_proxy --build-arg no_proxy)
    if [[ $* == *docker/Dockerfile* ]]; then proxies+=(--build-arg BINARY=prebuilt); fi
    set -- build "${proxies[@]}" "${@:2}"
fi
exec /usr/bin/docker "$@"
END
    cat >"$bin/podman" <<END
#!/bin/bash
if [[ "\$1 \$2" == 'kube play' ]]; then set -- kube play --network none "\${@:3}"; fi
exec /usr/bin/podman --root "$cache/podman" --runroot "$work/podman" --tmpdir "$work/libpod" --runtime runc \\
    --cgroup-manager cgroupfs --events-backend file "\$@"
END
    chmod 0755 "$bin"/*
}

# The commands publish ports, so the second daemon has a bridge, in a network namespace of its own. It shares the images and
# the cache of the first, which could reach Debian's archive.
start_docker_in_its_own_network() {
    stop_engines
    cat >"$bin/dockerd" <<'END'
#!/bin/sh
exec unshare --net sh -c 'ip link set lo up && exec /usr/sbin/dockerd "$@" --bridge=' dockerd "$@"
END
    chmod 0755 "$bin/dockerd"
    PATH=$bin:$PATH start_docker
    chown "0:$group" "$work/docker.sock"
}

# in_its_network WORD...: the command, beside the second daemon.
in_its_network() { nsenter --net="/proc/$daemon/ns/net" "$@"; }

# run_command COMMAND: with a terminal, at which somebody types "exit". Its output is left in $work/output.
run_command() {
    local environment by
    environment=(HOME="$home" PATH="$bin:/usr/bin:/bin:/usr/sbin:/sbin" DOCKER_HOST="$DOCKER_HOST" DOCKER_SOCKET="$work/docker.sock"
        DOCKER_BUILDKIT=1 CONTAINERS_CONF="${CONTAINERS_CONF:-}")
    if [[ $name == rootless ]]; then
        by=(as_person env DOCKER_HOST="$DOCKER_HOST")
    elif [[ $1 == *podman* || $1 == *" /srv/member" ]]; then
        by=(in_its_network env "${environment[@]}")
    else
        by=(in_its_network setpriv --reuid "$user" --regid "$group" --clear-groups env "${environment[@]}")
    fi
    (cd "$example" && printf 'exit\n' | "${by[@]}" timeout 300 script -qefc "bash -c ${1@Q}" /dev/null) >"$work/output" 2>&1 9>&-
}

# expect_command COMMAND: it ends as its comment says. A server may need some seconds before it answers.
expect_command() {
    local wanted=0 text="" status attempts=20
    if [[ $1 =~ '# exit code '([0-9]+)(': '(.+))?$ ]]; then wanted=${BASH_REMATCH[1]} text=${BASH_REMATCH[3]}; fi
    while :; do
        status=0
        run_command "$1" || status=$?
        if ((status == wanted || --attempts == 0)) || [[ ! $1 =~ ' exec '|^curl|^cat ]]; then break; fi
        read -rt 0.5 <> <(:) || true
    done
    count=$((count + 1))
    ((status == wanted)) || fail "$name: exit code $status and not $wanted from: $1"$'\n'"$(tail -n 20 "$work/output")"
    grep -qF -- "$text" "$work/output" || fail "$name: \"$text\" is not printed by: $1"$'\n'"$(tail -n 20 "$work/output")"
}

# Whatever the commands of one README left.
clean_up() {
    remove_containers
    docker network prune -f >/dev/null
    rm -rf "$example"
}

# prepare_image EXAMPLE DOCKERFILE: the image by the name of the example, or one that a Dockerfile beside it makes.
prepare_image() {
    local image=$1
    if [[ $2 != Dockerfile ]]; then image=other; fi
    example "$1"
    build_image "$image" "$example" -f "$example/$2"
    rm -rf "$example"
}

# try README: runs its commands.
try() {
    local lines line
    count=0
    mapfile -t lines < <(commands "$1")
    for line in "${lines[@]}"; do expect_command "$line"; done
    ((count > 0)) || fail "$name: has no command"
}

mount -t tmpfs tmpfs /srv
start_docker
make_programs
make_debian
make_busybox
make_stepdown
mkdir -p "$work/hello"
printf 'FROM busybox\nCMD ["echo", "Hello from Docker!"]\n' >"$work/hello/Dockerfile"
build_image hello-world "$work/hello"

# What the commands build they find in the cache. docker-compose 1.29 builds by the classic builder, which has its own.
for name in airflow-run-as-user gosu-drop-in jupyter-openshift kubernetes; do prepare_image "$name" Dockerfile; done
prepare_image gosu-drop-in Dockerfile.no-script
export DOCKER_BUILDKIT=0
for name in airflow-uid docker-operator host-user node-compose; do prepare_image "$name" Dockerfile; done
prepare_image node-compose classic/Dockerfile
unset DOCKER_BUILDKIT
make_wheel "$work"
start_podman
start_docker_in_its_own_network
make_person
# busybox does for that example, and 170 MB of Debian take a minute or two to hand over.
docker save busybox | as_person podman load -q >/dev/null
as_person podman tag busybox docker.io/library/debian:bookworm-slim

name=docker example=$PWD
try docker/README.md
for directory in docker/examples/*/; do
    name=$(basename "$directory")
    example "$name"
    if [[ $name == airflow-uid ]]; then mkdir "$example/wheels" && cp "$work"/*.whl "$example/wheels"; fi
    chown -R "$user:$group" "$example"
    try "$example/README.md"
    clean_up
done
