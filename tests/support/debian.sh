# Sourced, after build.sh. A bare Debian 12 as a tar, from the archive that this machine itself takes Debian from.
# shellcheck shell=bash

debian_tar=build/debian.tar

# What apt needs here to reach its archive: proxies, certificates, what it checks.
apt_settings() { apt-config dump | grep -E '^Acquire::(https?|Check-[A-Za-z-]+|Retries)\b' || true; }

mirror() {
    # shellcheck disable=SC2016 # the fields are apt-get's to expand
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' | sed -n 's/^Debian|Debian|//p' | head -n 1
}

# make_debian_tar: makes $debian_tar, unless it is there. Needs root, and mmdebstrap.
make_debian_tar() {
    [[ ! -e $debian_tar ]] || return 0
    echo "Making a bare Debian 12"
    local from
    from=$(mirror)
    if [[ -z $from ]]; then
        quietly debian-update apt-get -q update
        from=$(mirror)
    fi
    apt_settings >build/debian-apt.conf
    quietly debian mmdebstrap --variant=minbase --format=tar --aptopt=build/debian-apt.conf \
        bookworm "$debian_tar.part" "$from"
    mv "$debian_tar.part" "$debian_tar"
}

# copy_certificates ROOT: the files that apt's settings name.
copy_certificates() {
    apt_settings | sed -nE 's/.*::(CaInfo|SslCert|SslKey) "(.+)";$/\2/p' | while IFS= read -r file; do
        install -D -m 0644 "$file" "$1$file"
    done
}
