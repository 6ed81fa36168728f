#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the directory that every image of stepdown holds: docker/lib/image_files.sh DIRECTORY PROGRAM
# One file, links that lead to it wherever they are copied along with it, and the licences of what is linked into it.
set -euo pipefail
directory=${1:?usage: docker/lib/image_files.sh DIRECTORY PROGRAM} program=$2
source=$(dirname "${BASH_SOURCE[0]}")/../..

licences=$directory/usr/share/doc/stepdown
install -d -m 0755 "$directory" "$directory"/usr{,/local{,/bin},/share{,/doc{,/stepdown}}}
install -m 0755 "$program" "$directory/stepdown"
install -m 0644 "$source/LICENSE" "$source/docker/packaging/copyright" "$licences"
for link in gosu su-exec; do ln -s stepdown "$directory/$link"; done
for link in stepdown gosu su-exec; do ln -s ../../../stepdown "$directory/usr/local/bin/$link"; done
