# SPDX-License-Identifier: Apache-2.0
# Sourced, after build.sh. A bare Debian as a tar, from the archive that this machine itself takes Debian from.
# shellcheck shell=bash

# debian_tar SUITE: the file for that release, such as bookworm.
debian_tar() { echo "build/debian-$1.tar"; }

# What apt needs here to reach its archive: proxies, certificates, what it checks.
apt_settings() { apt-config dump | grep -E '^Acquire::(https?|Check-[A-Za-z-]+|Retries)\b' || true; }

mirror() {
    # shellcheck disable=SC2016 # the fields are apt-get's to expand
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' | sed -n 's/^Debian|Debian|//p' | head -n 1
}

# make_debian_tar SUITE: makes debian_tar SUITE, unless it is there. Needs root, and mmdebstrap.
make_debian_tar() {
    local from tar
    tar=$(debian_tar "$1")
    [[ ! -e $tar ]] || return 0
    echo "Making a bare Debian ($1)"
    from=$(mirror)
    if [[ -z $from ]]; then
        quietly debian-update apt-get -q update
        from=$(mirror)
    fi
    apt_settings >build/debian-apt.conf
    quietly "debian-$1" mmdebstrap --variant=minbase --format=tar --aptopt=build/debian-apt.conf "$1" "$tar.part" "$from"
    mv "$tar.part" "$tar"
}

# copy_certificates ROOT: the files that apt's settings name.
copy_certificates() {
    apt_settings | sed -nE 's/.*::(CaInfo|SslCert|SslKey) "(.+)";$/\2/p' | while IFS= read -r file; do
        install -D -m 0644 "$file" "$1$file"
    done
}
