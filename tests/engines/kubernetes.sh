#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manifests of docker/examples/kubernetes, by podman: a pod, the same with an init container, and three replicas that
# start at once on one volume. On Debian, and on busybox alone.
# shellcheck source=tests/engines/lib.sh
source "${BASH_SOURCE[0]%/*}/lib.sh"

start_docker
start_podman
make_debian
make_busybox
make_stepdown

# manifest NAME: leaves its path in $manifest, and that of the host's directory that it mounts in $data.
manifest() {
    data=$work/srv/member
    rm -rf "$work/srv"
    mkdir "$work/srv"
    manifest=$work/$1
    sed "s#path: /srv/member#path: $data#" "$example/$1" >"$manifest"
}

play() { podman kube play --network none "$@" "$manifest" >"$work/play.log" 2>&1 9>&- || fail "$(<"$work/play.log")"; }
down() { podman kube down "$manifest" >/dev/null 2>&1 9>&- || true; } # podman says that another pod uses the volume
says() { podman logs "$1" 2>&1; }

# What podman runs when a container ended stops the pod that has no other, even one that was started again meanwhile.
cleaned_up() { ! pgrep -f -- "$work/podman .*cleanup" >/dev/null; }

# expect_member WHAT CONTAINER NAME GROUPS: it runs, has written down on the volume who it is, and reported nothing.
expect_member() {
    wait_until 30 test -s "$data/members/$3" || fail "$1: does not come up: $(says "$2")"
    expect_equal "$1: who it is" "$(tr '\t' ' ' <"$data/members/$3")" "Uid: 1500 1500 1500 1500
Gid: 1500 1500 1500 1500
Groups: $4 
CapEff: 0000000000000000
NoNewPrivs: 1"
    expect_equal "$1: its own directory" "$(podman exec -u 1500:1500 "$2" stat -c '%u:%g %a' /cache/member)" "1500:1500 750"
    expect_equal "$1: it runs" "$(podman inspect -f '{{.State.Status}}' "$2")" running
    expect_equal "$1: what it says" "$(says "$2")" ""
}

# tree FORMAT: what find(1) prints of the volume.
tree() { (cd "$data" && find . -printf "$1\n" | LC_ALL=C sort); }

check_pod() {
    manifest pod.yaml
    play
    expect_member "$1: pod" member-member member "2000 2001"
    expect_equal "$1: pod: the volume, which was root's" "$(tree '%U:%G %M %p')" '1500:1500 -rw-r----- ./members/member
1500:1500 drwxr-x--- ./members
1500:1500 drwxr-xr-x .'

    podman pod stop -t 5 member >/dev/null 2>&1
    wait_until 30 cleaned_up || fail "$1: pod: podman does not clean up"
    rm "$data/members/member"
    touch "$data/by-root"
    install -d -m 0700 -o 4242 -g 4242 "$data/private" "$data/private/below" # root has no DAC_OVERRIDE to enter it
    podman pod start member >/dev/null 9>&-
    expect_member "$1: pod again" member-member member "2000 2001"
    expect_equal "$1: pod again: owners" "$(tree '%U:%G' | uniq -c | xargs)" "6 1500:1500"
    down
}

# First without the init container: the volume stays root's, as it was made.
check_init() {
    manifest pod-init.yaml
    cp "$manifest" "$work/whole.yaml"
    sed -i '/^  initContainers:/,/^  containers:/ { /^  containers:/!d }' "$manifest"
    play
    podman wait member-init-member >/dev/null
    expect_match "$1: without the init container" "$(says member-init-member)" "create /data/members/member-init: "
    expect_equal "$1: without the init container" "$(tree '%U:%G %p')" "0:0 ."
    down
    cp "$work/whole.yaml" "$manifest"
    play
    expect_member "$1: init" member-init-member member-init "1500 2000 2001"
    expect_equal "$1: init: owners" "$(tree '%U:%G' | uniq -c | xargs)" "3 1500:1500"
    down
}

replicas=(member-pod-0 member-pod-1 member-pod-2)

start_replicas() {
    local replica starts=()
    for replica in "${replicas[@]}"; do
        podman pod start "$replica" >/dev/null 9>&- &
        starts+=($!)
    done
    wait "${starts[@]}"
}

# The volume is large enough for the replicas to walk it at the same time, and belongs to two users by turns.
check_replicas() {
    local replica directory
    manifest deployment.yaml
    play --start=false
    data=$(podman volume inspect -f '{{.Mountpoint}}' member-data)
    for directory in "$data"/d{1..100}; do
        mkdir "$directory"
        (cd "$directory" && touch f{1..300})
    done
    chown -R 4242:4242 "$data"/d?5
    start_replicas
    for replica in "${replicas[@]}"; do expect_member "$1: $replica" "$replica-member" "$replica" "2000 2001"; done
    expect_equal "$1: owners of the shared volume" "$(tree '%U:%G' | uniq -c | xargs)" "30105 1500:1500"
    down
    podman volume rm member-data >/dev/null
}

example kubernetes
for base in debian:bookworm-slim busybox; do
    build_image kubernetes-member "$example" --build-arg "BASE=$base"
    podman_image kubernetes-member
    check_pod "$base"
    check_init "$base"
    check_replicas "$base"
done
