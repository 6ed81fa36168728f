#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the release is built with, and makes the libraries that Debian does not have installed for it:
# docker/prepare.sh [ARCHITECTURE]
# ARCHITECTURE is dpkg's name; by default this machine's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/architectures.sh
source docker/lib/build.sh
source docker/lib/packages.sh

architecture=${1:-$native}
if links_musl "$architecture"; then
    docker/musl/runtime.sh "$architecture"
elif [[ $architecture == "$native" ]]; then
    install_packages build
else
    install_packages build cross
    docker/cross/sysroot.sh "$architecture"
fi
