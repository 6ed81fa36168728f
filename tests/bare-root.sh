#!/usr/bin/env bash
# Runs the two commands of the README on a bare Debian 12: a new root file system with a fresh clone of HEAD in it,
# entered by pivot_root(2) in a mount namespace of its own (in a chroot, user namespaces would be refused).
# tests/bare-root.sh [COMMAND [ARG]...]: runs that instead, at the top of the clone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/support/build.sh
source tests/support/packages.sh

if ((EUID != 0)); then
    echo "$0: root is needed to make and enter a root file system" >&2
    exit 1
fi

base=build/bare-root.tar

# What apt needs here to reach its archive: proxies, certificates, what it checks.
apt_settings() { apt-config dump | grep -E '^Acquire::(https?|Check-[A-Za-z-]+|Retries)\b' || true; }

# The archive that this machine itself takes Debian from.
mirror() {
    # shellcheck disable=SC2016 # the fields are apt-get's to expand
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' | sed -n 's/^Debian|Debian|//p' | head -n 1
}

make_base() {
    [[ ! -e $base ]] || return 0
    echo "Making a bare Debian 12"
    local from
    from=$(mirror)
    if [[ -z $from ]]; then
        quietly bare-root-update apt-get -q update
        from=$(mirror)
    fi
    apt_settings >build/bare-root-apt.conf
    quietly bare-root mmdebstrap --variant=minbase --format=tar --aptopt=build/bare-root-apt.conf \
        bookworm "$base.part" "$from"
    mv "$base.part" "$base"
}

# populate ROOT: the base, the clone, and the files through which this machine reaches its network.
populate() {
    tar -C "$1" -xf "$base"
    git clone --quiet --no-hardlinks . "$1/stepdown"
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    apt_settings | sed -nE 's/.*::(CaInfo|SslCert|SslKey) "(.+)";$/\2/p' | while IFS= read -r file; do
        install -D -m 0644 "$file" "$1$file"
    done
}

# Runs in the new namespace, as: enter ROOT COMMAND [ARG]...
enter() {
    local root=$1 directory
    shift
    mount --bind "$root" "$root"
    for directory in proc dev sys; do mount --rbind "/$directory" "$root/$directory"; done
    cd "$root"
    pivot_root . .
    umount -l .
    cd /stepdown
    exec env -i HOME=/root TERM="${TERM:-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
        STEPDOWN_TESTS_MUST_RUN="${STEPDOWN_TESTS_MUST_RUN:-}" "$@"
}

# run COMMAND [ARG]...: in the bare root; says how it ended and how long it took.
run() {
    local status=0 began=$SECONDS
    unshare --mount --propagation private \
        bash -euo pipefail -c "$(declare -f enter)"'; enter "$@"' enter "$root" "$@" || status=$?
    echo "$* ended with exit code $status after $((SECONDS - began)) s"
    return "$status"
}

install_packages bare
make_base
[[ -z $(git status --porcelain) ]] || echo "$0: what is not committed is not in the clone" >&2
root=$(mktemp -d "$PWD/build/bare-root.XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT
populate "$root"

if (($#)); then
    run "$@"
else
    run ./docker/demo.sh
    run ./tests/run.sh
fi
