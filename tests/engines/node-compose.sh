#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two services of docker-compose on bind mounts: the classic entrypoint.sh and stepdown leave the same owners and modes, and
# only stepdown changes nothing at a restart.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

start_docker
make_debian
make_stepdown

# Directories as root left them: a blank in a name, a set-group-id directory, a link that leads out.
make_directories() {
    mkdir -p "$example/cache" "$example/uploads-blue/a shared one"
    chmod 2775 "$example/uploads-blue/a shared one"
    echo old >"$example/uploads-blue/old file"
    install -m 0600 /dev/null "$example/uploads-blue/a shared one/secret"
    ln -s /etc/passwd "$example/uploads-blue/planted"
    printf 'UID=1234\nGID=1235\nSUFFIX=blue\n' >"$example/.env"
}

# show FORMAT: what find(1) prints of both directories.
show() { (cd "$example" && find cache uploads-blue -printf "$1\n" | LC_ALL=C sort); }

# ask PATH [DATA]: GET, or PUT with DATA, answered by the server.
ask() {
    compose "$example" exec -T server node -e '
        const [path, body] = process.argv.slice(1);
        fetch("http://127.0.0.1:3000" + path, body ? { method: "PUT", body } : {}).then(r => r.text())
            .then(text => process.stdout.write(text)).catch(() => process.exit(1));' "$@"
}

worker_runs() { [[ $(docker exec "$(compose "$example" ps -q worker)" cat /proc/1/comm) == node ]]; }

# check_way NAME FILE...: with these files of compose, the example as it should be. Leaves its owners and modes in $owners
# and says whether a restart changed an entry in $restart.
check_way() {
    local before
    example node-compose
    make_directories
    compose_files=("${@:2}")
    compose "$example" up -d >"$work/compose.log" 2>&1 || { cat "$work/compose.log" >&2 && return 1; }
    wait_until 30 ask / || fail "$1: the server does not answer"
    expect_equal "$1: the server" "$(ask /)" '{"pid":1,"uid":1234,"gid":1235,"umask":"0027"}'
    expect_equal "$1: an upload" "$(ask /new data)" kept
    wait_until 30 test -s "$example/cache/new.sha256" -a -s "$example/cache/old file.sha256" || fail "$1: no sums"
    owners=$(show '%U:%G %M %p')

    wait_until 30 worker_runs
    before=$(show '%C@ %p')
    compose "$example" restart -t 5 >"$work/compose.log" 2>&1
    wait_until 30 ask / || fail "$1: the server does not answer after a restart"
    wait_until 30 worker_runs || fail "$1: the worker does not run after a restart"
    if [[ $(show '%C@ %p') == "$before" ]]; then restart=unchanged; else restart=changed; fi
    compose "$example" down -t 5 >"$work/compose.log" 2>&1
    rm -rf "$example"
}

example node-compose
build_image node-compose "$example"
build_image node-classic "$example" -f "$example/classic/Dockerfile"
rm -rf "$example"

check_way classic compose.yaml classic/compose.yaml
expect_equal "classic: entries after a restart" "$restart" changed
classic=$owners
check_way stepdown compose.yaml
expect_equal "stepdown: entries after a restart" "$restart" unchanged
expect_equal "owners and modes, in both ways" "$owners" "$classic"
expect_equal "owners and modes" "$owners" '1234:1235 -rw------- uploads-blue/a shared one/secret
1234:1235 -rw-r----- cache/new.sha256
1234:1235 -rw-r----- cache/old file.sha256
1234:1235 -rw-r----- uploads-blue/new
1234:1235 -rw-r--r-- uploads-blue/old file
1234:1235 drwxr-xr-x cache
1234:1235 drwxr-xr-x uploads-blue
1234:1235 drwxrwsr-x uploads-blue/a shared one
1234:1235 lrwxrwxrwx uploads-blue/planted'
