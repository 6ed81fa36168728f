#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian packages of a release: what is in them, and that they take the place of gosu:
# tests/docs/packages.sh BUILD_DIRECTORY VERSION
set -euo pipefail
build=${1:?usage: tests/docs/packages.sh BUILD_DIRECTORY VERSION} version=$2

if ((EUID != 0)); then
    echo "Skipped: only root can install packages"
    exit 77
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

failures=0
# is NAME HAVE WANT
is() {
    [[ $2 == "$3" ]] && return
    printf '%s: "%s" and not "%s"\n' "$1" "$2" "$3" >&2
    failures=$((failures + 1))
}

# contents DEB: mode, owner, path and target of whatever is no directory, sorted by path.
contents() { dpkg-deb -c "$1" | awk '$6 !~ /\/$/ { $3 = $4 = $5 = ""; print }' | tr -s ' ' | LC_ALL=C sort -k3; }

# times DEB: each that some file in it bears.
times() {
    for part in --fsys-tarfile --ctrl-tarfile; do
        dpkg-deb "$part" "$1" | TZ=UTC tar --full-time -tvf -
    done | awk '{ print $4, $5 }' | sort -u
}

export SOURCE_DATE_EPOCH=1000000000
(umask 0077 && cpack -G DEB --config "$build/CPackConfig.cmake" -B .) >cpack.log 2>&1 || { cat cpack.log >&2 && exit 1; }
stepdown=stepdown_${version}_$(dpkg --print-architecture).deb
links=stepdown-gosu_${version}_all.deb

is "contents of $stepdown" "$(contents "$stepdown")" "-rwxr-xr-x root/root ./usr/bin/stepdown
-rw-r--r-- root/root ./usr/share/bash-completion/completions/stepdown
-rw-r--r-- root/root ./usr/share/doc/stepdown/building.md
-rw-r--r-- root/root ./usr/share/doc/stepdown/copyright
-rw-r--r-- root/root ./usr/share/doc/stepdown/dry-run.md
-rw-r--r-- root/root ./usr/share/doc/stepdown/faq.md
-rw-r--r-- root/root ./usr/share/doc/stepdown/migrating.md
-rw-r--r-- root/root ./usr/share/doc/stepdown/ownership.md
-rw-r--r-- root/root ./usr/share/doc/stepdown/performance.md
-rw-r--r-- root/root ./usr/share/doc/stepdown/settings.md
-rw-r--r-- root/root ./usr/share/doc/stepdown/troubleshooting.md
-rw-r--r-- root/root ./usr/share/man/man1/stepdown.1"
is "contents of $links" "$(contents "$links")" "lrwxrwxrwx root/root ./usr/sbin/gosu -> ../bin/stepdown
lrwxrwxrwx root/root ./usr/sbin/su-exec -> ../bin/stepdown
-rw-r--r-- root/root ./usr/share/doc/stepdown-gosu/copyright"
for deb in "$stepdown" "$links"; do
    is "odd directories of $deb" "$(dpkg-deb -c "$deb" | grep '^d' | grep -v '^drwxr-xr-x root/root ')" ""
    is "times in $deb" "$(times "$deb")" "2001-09-09 01:46:40"
done
# README promises 0.6 MB to download.
is "size of $stepdown, if over 0.6 MB" "$(find "$stepdown" -size +599999c -printf %s)" ""
is "needs of $stepdown" "$(dpkg-deb -f "$stepdown" Depends)" ""

# A machine of its own, on which Debian's gosu is installed: a package of that name and place will do.
root=$scratch/root
install -d root/var/lib/dpkg/{info,updates} gosu/DEBIAN gosu/usr/sbin
touch root/var/lib/dpkg/status
install -m 0755 /dev/null gosu/usr/sbin/gosu
cat >gosu/DEBIAN/control <<'END'
Package: gosu
Version: 1.14-1
Architecture: all
Maintainer: nobody <nobody@example.invalid>
Description: stands for Debian's gosu
END
dpkg-deb -b gosu gosu.deb >/dev/null

# on_it ARGUMENT...: dpkg there.
on_it() { dpkg --root="$root" --log=/dev/null "$@" >>dpkg.log 2>&1; }
# state PACKAGE
state() { dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Status}' "$1"; }

on_it -i gosu.deb
on_it -i "$stepdown" "$links" || { cat dpkg.log >&2 && exit 1; }
is "gosu" "$(state gosu)" not-installed
is "stepdown" "$(state stepdown)" installed
is "stepdown-gosu" "$(state stepdown-gosu)" installed
is "stepdown --version" "$(root/usr/bin/stepdown --version | cut -d' ' -f1-2)" "stepdown $version"
is "gosu --version" "$(root/usr/sbin/gosu --version | cut -d' ' -f1)" 1.19
is "gosu nobody" "$(root/usr/sbin/gosu nobody id -un)" nobody
is "su-exec nobody" "$(root/usr/sbin/su-exec nobody id -un)" nobody
on_it -r stepdown && is "stepdown, which stepdown-gosu needs" removed kept
((failures == 0))
