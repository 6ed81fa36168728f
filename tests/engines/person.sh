# SPDX-License-Identifier: Apache-2.0
# Sourced, after own_mounts.sh and lib.sh. A person who is not root and runs podman: an account with subordinate ids, which
# only this test's mount namespace has, and a home with images of its own.
# shellcheck shell=bash

person=1234 persons_group=1235 subordinate=200000
home=$work/home
runtime=$work/run

# as_person COMMAND...: in the environment that a login gives.
as_person() {
    setpriv --reuid "$person" --regid "$persons_group" --clear-groups env -i HOME="$home" USER=person \
        XDG_RUNTIME_DIR="$runtime" CONTAINERS_CONF="$work/persons.conf" CONTAINERS_STORAGE_CONF="$work/storage.conf" \
        PATH="$work/persons-bin:/usr/bin:/bin:/usr/sbin:/sbin" "$@" 9>&-
}

# The first line for a name or an id counts.
make_account() {
    local file
    declare -A lines=(
        [passwd]="person:x:$person:$persons_group::$home:/bin/bash"
        [group]="person:x:$persons_group:"
        [subuid]="person:$subordinate:65536"
        [subgid]="person:$subordinate:65536"
    )
    mkdir -p "$work/etc"
    for file in "${!lines[@]}"; do
        [[ -e /etc/$file ]] || : >"/etc/$file"
        { echo "${lines[$file]}" && cat "/etc/$file"; } >"$work/etc/$file"
        mount --bind "$work/etc/$file" "/etc/$file"
    done
}

# The program podman: it differs from a reader's in its runtime, and its containers have no network.
make_persons_podman() {
    mkdir -p "$work/persons-bin"
    cat >"$work/persons-bin/podman" <<'END'
#!/bin/bash
case $1 in build | run) set -- "$1" --network none "${@:2}" ;; esac
exec /usr/bin/podman --runtime runc --cgroup-manager cgroupfs --events-backend file "$@"
END
    chmod 0755 "$work/persons-bin/podman"
}

# use_driver NAME: a file system that cannot do that is said no to.
use_driver() {
    printf '[storage]\ndriver = "%s"\n' "$1" >"$work/storage.conf"
    as_person podman info >"$work/podman.log" 2>&1
}

# podman keeps a process that holds the user namespace. Its number is in a file of the person's, so it is looked at first.
stop_persons_podman() {
    local number
    as_person podman rm -af -t 0 >/dev/null 2>&1
    number=$(cat "$runtime/libpod/tmp/pause.pid" 2>/dev/null)
    if [[ $number =~ ^[0-9]+$ && $(stat -c %u "/proc/$number" 2>/dev/null) == "$person" ]]; then kill "$number"; fi
}

# make_person: and skips the test where there is no rootless podman.
make_person() {
    mount --make-rshared /
    chmod 0755 "$work"
    mkdir -p "$home" "$runtime"
    chmod 0700 "$runtime"
    chown "$person:$persons_group" "$home" "$runtime"
    make_account
    make_persons_podman
    printf '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\n' >"$work/persons.conf"
    before_stop+=(stop_persons_podman)
    use_driver overlay || use_driver vfs || { cat "$work/podman.log" && skip "podman does not run without root here"; }
}
