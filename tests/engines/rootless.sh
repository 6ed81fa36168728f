#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A bind mount under podman that a person runs who is not root. Each advice of stepdown is carried out to the letter.
# shellcheck source=tests/engines/own_mounts.sh
source "${BASH_SOURCE[0]%/*}/own_mounts.sh"
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"
source tests/engines/person.sh

root_is="Root here is uid $person outside (under a rootless engine, the person who runs it). "
keep_id=(--userns=keep-id "--user=$person:$persons_group")
keep_id_clause="start the container with podman's ${keep_id[*]}"
denied="access    argument /data/report: it does not exist, and /data: 0:0 0755, uid 1500 cannot write. $root_is"
skipped="stepdown: warning: uid $person is not root, so the command runs as that uid; skipped: "
ids_of_data=(-e GOSU_UID=@/data -e GOSU_GID=@/data)
# podman adds an account for the person.
shared="stepdown: warning: group person has gid $persons_group, too (GOSU_GID=@/data): the two share all that it owns
stepdown: warning: user person has uid $person, too (GOSU_UID=@/data): the two share all that it owns"

# build NAME CONTEXT [OPTION]...: an image of the person's.
build() { as_person podman build -q -t "$1" "${@:3}" "$2" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2 && return 1; }; }

# The images stepdown, busybox and rootless. None of them needs Debian, or a command that is run to build it.
make_images() {
    local files=$work/images
    mkdir -p "$files"/{stepdown,busybox}/root "$files"/stepdown/root/usr/local/bin "$files"/busybox/root/{bin,etc}
    install -m 0755 build/release-musl/stepdown "$files/stepdown/root/usr/local/bin"
    install -m 0755 /bin/busybox "$files/busybox/root/bin"
    for name in sh touch id cat; do ln -s busybox "$files/busybox/root/bin/$name"; done
    printf 'root:x:0:0::/root:/bin/sh\napp:x:1500:1500::/:/bin/sh\n' >"$files/busybox/root/etc/passwd"
    printf 'root:x:0:\napp:x:1500:\n' >"$files/busybox/root/etc/group"
    for name in stepdown busybox; do
        printf 'FROM scratch\nCOPY root/ /\n' >"$files/$name/Dockerfile"
        build "$name" "$files/$name"
    done
    build rootless "$example" --build-arg BASE=busybox
}

# run WORD...: a container of the person's.
run() { as_person podman run --rm "$@" </dev/null; }

# new_data: an empty directory of the person's.
new_data() {
    rm -rf "$data"
    mkdir "$data"
    chown "$person:$persons_group" "$data"
}

owners() { find "$data" -printf '%U:%G\n' | sort -u | paste -sd ' '; }

# expect_report WHAT OUTPUT WORD...: the start succeeds, says OUTPUT, and leaves all files the person's.
expect_report() {
    new_data
    expect_exit 0 run -v "$data:/data" "${@:3}"
    expect_equal "$1: what it says" "$output" "$2"
    expect_equal "$1: the report" "$(ls "$data")" report
    expect_equal "$1: owners on the host" "$(owners)" "$person:$persons_group"
}

# expect_access WHAT LINE WORD...: the dry run names LINE as the one about the report, and no GOSU_CHOWN.
expect_access() {
    new_data
    expect_exit 0 run -v "$data:/data" "${@:3}" --dry-run touch /data/report
    expect_equal "$1" "$(grep '^access    argument' <<<"$output")" "$2"
    expect_equal "$1: changes of the owner" "$(grep GOSU_CHOWN <<<"$output")" ""
}

check_dry_run() {
    expect_access "the dry run" "${denied}Set GOSU_USER=root, or $keep_id_clause" rootless
    expect_report "root" "" -e GOSU_USER=root rootless
    expect_report "keep-id" "${skipped}GOSU_USER=1500:1500" "${keep_id[@]}" rootless

    expect_access "strict" "${denied}Set GOSU_USER=root" -e GOSU_STRICT=1 rootless
    expect_report "strict as root" "" -e GOSU_STRICT=1 -e GOSU_USER=root rootless

    expect_access "a flag" "${denied}Give --user root" rootless --user 1500:1500
    expect_report "the flag" "" rootless --user root touch /data/report

    expect_access "without root" "${denied/1500/1600}Start the container as root, with GOSU_USER=root, or $keep_id_clause" \
        --user 1600:1600 rootless
    expect_report "as root" "" --user 0 -e GOSU_USER=root rootless

    # keep-id alone keeps a user whom the image or somebody names.
    denied=${denied/0:0/$person:$persons_group}
    denied=${denied%"$root_is"}
    expect_access "keep-id as root" "${denied/1500/1600}Set GOSU_USER=@/data to run as its owner" \
        --userns=keep-id --user 0 -e GOSU_USER=1600:1600 rootless
    expect_report "the owner under keep-id" "" --userns=keep-id --user 0 -e GOSU_USER=@/data rootless
    expect_access "an account under keep-id" "${denied}Set GOSU_UID=@/data and GOSU_GID=@/data to run as its owner" \
        --userns=keep-id --user 0 -e GOSU_USER=app rootless
    expect_report "the account under keep-id" "$shared" --userns=keep-id --user 0 -e GOSU_USER=app "${ids_of_data[@]}" rootless
}

check_owner_of_path() {
    new_data
    expect_exit 125 run -v "$data:/data" -e GOSU_USER=@/data rootless
    expect_equal "@PATH" "$output" "stepdown: cannot use GOSU_USER=@/data: /data belongs to root. ${root_is}To run as that person, \
write root, or $keep_id_clause"
    expect_report "@PATH with keep-id" "" "${keep_id[@]}" -e GOSU_USER=@/data rootless

    new_data
    expect_exit 1 run -v "$data:/data" -e GOSU_USER=app "${ids_of_data[@]}" rootless
    expect_match "an account that keeps its ids" "$output" "^stepdown: warning: user app keeps its uid 1500 and gid 1500: root owns \
the path of GOSU_UID=@/data, GOSU_GID=@/data\. Root here is uid $person outside .*To run as that person, set GOSU_USER=root, or start \
the container with podman's ${keep_id[*]}"$'\n'
    expect_report "the account as root" "stepdown: warning: the user is root, so what prepares for another user is skipped: \
GOSU_UID=@/data, GOSU_GID=@/data" -e GOSU_USER=root "${ids_of_data[@]}" rootless
    expect_report "the account with keep-id" "$shared
stepdown: warning: cannot give group app the gid $persons_group in /etc/group: Permission denied
stepdown: warning: cannot give user app the ids $person:$persons_group in /etc/passwd: Permission denied" \
        "${keep_id[@]}" -e GOSU_USER=app "${ids_of_data[@]}" rootless
}

# Why the files of the person must stay theirs, and what GOSU_CHOWN is right for.
check_change_of_owner() {
    new_data
    expect_exit 0 run -v "$data:/data" -e GOSU_CHOWN=/data rootless
    expect_equal "owners after GOSU_CHOWN" "$(owners)" "$((subordinate + 1499)):$((subordinate + 1499))"
    expect_exit 1 as_person rm -r "$data"
    expect_exit 0 as_person podman unshare rm "$data/report"

    expect_exit 0 run -v report:/data rootless --dry-run touch /data/report
    expect_match "a volume" "$output" "cannot write\. Set GOSU_CHOWN=/data"$'\n'
    expect_exit 0 run -v report:/data -e GOSU_CHOWN=/data rootless
    expect_exit 0 run --tmpfs /data:mode=0755 rootless --dry-run touch /data/report
    expect_match "a tmpfs" "$output" "cannot write\. Set GOSU_CHOWN=/data"$'\n'
    expect_exit 0 run --tmpfs /data:mode=0755 -e GOSU_CHOWN=/data rootless
}

make_person
example rootless
make_images
data=$work/data
new_data
expect_match "the map of ids" "$(run --entrypoint cat rootless /proc/self/uid_map | tr -s ' ')" "^ 0 $person 1"$'\n'
expect_exit 1 run -v "$data:/data" rootless
expect_match "without advice" "$output" "/data/report: Permission denied"
check_dry_run
check_owner_of_path
check_change_of_owner
