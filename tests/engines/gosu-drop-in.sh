#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A redis whose entrypoint calls gosu, which is stepdown; then the same without any script.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

start_docker
make_debian
make_stepdown

# A volume as an earlier start as root left it, with a link that leads out of it.
make_volume() {
    docker volume create "$1" >/dev/null
    docker run --rm --network none -v "$1:/data" debian:bookworm-slim sh -c \
        'mkdir /data/old && touch /data/old/left-by-root && ln -s /etc/passwd /data/planted'
}

# check_server IMAGE PASSWD_OWNER: starts it on a new volume, asks it, stops it; whose /etc/passwd is after all that.
check_server() {
    local image=$1 user
    make_volume "$image"
    docker run -d --name server --network none -v "$image:/data" "$image" >/dev/null
    wait_until 30 docker exec server redis-cli ping || fail "$image answers no ping: $(docker logs server 2>&1)"

    user=$(docker exec server id -u redis)
    expect_equal "$image: process 1" "$(docker exec server cat /proc/1/comm)" redis-server
    expect_equal "$image: uids of process 1" "$(status_field server Uid)" "$user $user $user $user"
    expect_equal "$image: capabilities of process 1" "$(status_field server CapEff)" 0000000000000000
    docker exec server redis-cli set answer 42 >/dev/null
    expect_equal "$image: the answer to a query" "$(docker exec server redis-cli get answer)" 42
    docker exec server redis-cli save >/dev/null
    expect_equal "$image: what is in the volume" \
        "$(docker exec server sh -c 'cd /data && stat -c "%U:%G %A %n" . old old/* dump.rdb /etc/passwd')" \
        $'redis:redis drwxr-xr-x .\nredis:redis drwxr-xr-x old\nredis:redis -rw-r--r-- old/left-by-root
redis:redis -rw------- dump.rdb\n'"$2 -rw-r--r-- /etc/passwd"

    docker stop -t 1 server >/dev/null # a second later it would be killed, and end with 137
    expect_equal "$image: exit code after docker stop" "$(docker inspect -f '{{.State.ExitCode}}' server)" 0
    docker rm server >/dev/null
    docker volume rm "$image" >/dev/null
}

example gosu-drop-in
build_image drop-in "$example"
build_image no-script "$example" -f "$example/Dockerfile.no-script"
check_server drop-in redis:redis # the script's chown follows the link
check_server no-script root:root
expect_exit 0 docker run --rm --network none drop-in gosu --version
expect_match "gosu's version" "$output" '^1\.'
