# SPDX-License-Identifier: Apache-2.0
# Sourced first by every test of this folder. Goes to the top of the source tree, and gives the test private engines, base
# images, and words to expect things with. What was started is stopped however the test ends.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/build.sh
source tests/support/scripts/debian.sh
source docker/lib/packages.sh
source tests/support/scripts/skip.sh
source tests/engines/expect.sh

cache=$PWD/build/engines # images: what makes a second run quick
work="" daemon=""
before_stop=() # commands that stop what a test itself started
dockerd_options=()
compose_files=(compose.yaml)

# A client of another make may come first in PATH.
docker() { DOCKER_BUILDKIT=${DOCKER_BUILDKIT:-1} /usr/bin/docker "$@"; }

podman() {
    command podman --root "$cache/podman" --runroot "$work/podman" --tmpdir "$work/libpod" --runtime runc \
        --cgroup-manager cgroupfs --events-backend file "$@"
}

# Mount points below a directory, the deepest first.
mounts_below() { awk -v top="$1/" 'index($2, top) == 1 { print $2 }' /proc/self/mounts | sort -r; }

remove_containers() {
    if [[ -n $daemon ]]; then docker ps -aq | xargs -r /usr/bin/docker rm -f >/dev/null 2>&1 || true; fi
    if [[ -d $work/podman ]]; then
        podman pod rm -af -t 0 >/dev/null 2>&1 || true
        podman rm -af -t 0 >/dev/null 2>&1 || true
    fi
}

stop_engines() {
    local command
    for command in "${before_stop[@]}"; do "$command"; done
    before_stop=()
    remove_containers
    if [[ -n $daemon ]]; then
        kill "$daemon"
        wait "$daemon"
        daemon=""
    fi
    { mounts_below "$work" && mounts_below "$cache"; } | xargs -r umount -l
}

# The test's exit code: what ended it, or 1 where an expectation was not met.
finish() {
    local status=$?
    trap - EXIT
    trap '' PIPE # nobody may be reading any more
    set +e
    if ((status != 0 && status != 77)); then echo "$0: ended with exit code $status at: $BASH_COMMAND" >&2; fi
    stop_engines
    rm -rf --one-file-system "$work"
    if ((status == 0 && failures > 0)); then status=1; fi
    exit "$status"
}

# One test at a time holds the images. Root, and Docker's packages, or nothing runs.
begin() {
    ((EUID == 0)) || skip "a container engine is started by root"
    if ! command -v dockerd >/dev/null && [[ ${STEPDOWN_TESTS_MUST_RUN:-} != 1 ]]; then
        skip "no container engine is installed (docker.io); with STEPDOWN_TESTS_MUST_RUN=1 it would be"
    fi
    install_packages engines
    # Debian 13 packages the client apart from the daemon.
    if [[ ! -x /usr/bin/docker ]]; then install_packages docker-client; fi
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
    work=$(mktemp -d /tmp/sd.XXXXXX) # short: a socket's path has room for 107 bytes
    trap finish EXIT
    trap 'exit 143' TERM INT HUP
    trap 'exit 141' PIPE
}

# start_docker: a daemon of our own, which touches nothing of the host's network; with $dockerd_options.
start_docker() {
    export DOCKER_HOST=unix://$work/docker.sock
    setpriv --pdeathsig TERM dockerd --data-root "$cache/docker" --exec-root "$work/exec" -p "$work/docker.pid" \
        -H "$DOCKER_HOST" --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false "${dockerd_options[@]}" \
        >"$work/docker.log" 2>&1 </dev/null 9>&- &
    daemon=$!
    if ! wait_until 60 docker version; then
        tail -n 5 "$work/docker.log"
        skip "dockerd does not start here"
    fi
    remove_containers
}

# start_podman: prepares the function podman, whose images are its own (see podman_image). Its containers and volumes are
# forgotten: their database insists on the run directory that it was made with.
start_podman() {
    rm -rf "$cache/podman/libpod" "$cache/podman/volumes"
    printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\n' >"$work/containers.conf"
    export CONTAINERS_CONF=$work/containers.conf
    podman info >"$work/podman.log" 2>&1 9>&- || { cat "$work/podman.log" && skip "podman does not run here"; }
    remove_containers
}

# build_image NAME DIRECTORY [OPTION]...: with apt's network, and this machine's proxies. Options are docker build's.
build_image() {
    docker build -q --network host --build-arg http_proxy --build-arg https_proxy --build-arg no_proxy \
        -t "$1" "${@:3}" "$2" >"$work/build.log" 2>&1 9>&- || { cat "$work/build.log" >&2 && return 1; }
}

# podman_image NAME: takes an image of Docker's over, unless podman has it as it is.
podman_image() {
    local id
    id=$(docker image inspect -f '{{.Id}}' "$1")
    [[ sha256:$(podman image inspect -f '{{.Id}}' "$1" 2>/dev/null) != "$id" ]] || return 0
    docker save "$1" | podman load -q >/dev/null
}

# debian:bookworm-slim, in which apt works as it does on this machine.
make_debian() {
    local key tar
    tar=$(debian_tar bookworm)
    make_debian_tar bookworm
    key=$(stat -c %s.%Y "$tar")
    if [[ $(docker image inspect -f '{{.Config.Labels.key}}' debian:bare 2>/dev/null) != "$key" ]]; then
        docker import -c "LABEL key=$key" -c 'CMD ["bash"]' "$tar" debian:bare >/dev/null
    fi
    mkdir -p "$work/debian/root"
    copy_certificates "$work/debian/root"
    printf 'FROM debian:bare\nCOPY root/ /\n' >"$work/debian/Dockerfile"
    build_image debian:bookworm-slim "$work/debian"
}

# busybox:latest, with a link for each of its commands.
make_busybox() {
    mkdir -p "$work/busybox"
    cp /bin/busybox "$work/busybox/busybox"
    cat >"$work/busybox/Dockerfile" <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox mkdir -m 1777 /tmp && /bin/busybox --install -s /bin"]
RUN mkdir -p /root /etc && echo root:x:0:0:root:/root:/bin/sh >/etc/passwd && echo root:x:0: >/etc/group
CMD ["sh"]
END
    build_image busybox:latest "$work/busybox"
}

# The image `stepdown` of docker/Dockerfile, with the binary that was built already. Needs make_debian.
make_stepdown() { build_image stepdown . -f docker/Dockerfile --build-arg BINARY=prebuilt; }

# example NAME: leaves a copy of docker/examples/NAME in the directory $example, to run and to write in.
example() {
    example=$work/$1
    cp -R "docker/examples/$1" "$example"
}

# status_field CONTAINER FIELD: of /proc/1/status in it, its values separated by blanks.
status_field() { docker exec "$1" sed -n "s/^$2:[[:blank:]]*//p" /proc/1/status | tr '\t' ' '; }

# compose DIRECTORY WORD...: docker-compose on the example there, with the files $compose_files of it. Its services get no
# network, for there is no bridge here.
compose() {
    local directory=$1 file service from=()
    shift
    for file in "${compose_files[@]}"; do from+=(-f "$directory/$file"); done
    if [[ ! -e $directory/no-network.yaml ]]; then
        docker-compose "${from[@]}" config --services 9>&- | while IFS= read -r service; do
            printf '  %s: {network_mode: none}\n' "$service"
        done | sed '1i services:' >"$directory/no-network.yaml"
    fi
    docker-compose "${from[@]}" -f "$directory/no-network.yaml" "$@" 9>&-
}

begin
