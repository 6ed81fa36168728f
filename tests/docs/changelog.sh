#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless the changelog begins with the version of CMakeLists.txt and ends with 0.1.0: tests/docs/changelog.sh SOURCE
set -euo pipefail
cd "${1:?usage: tests/docs/changelog.sh SOURCE}"

version=$(sed -nE 's/^project\(stepdown VERSION ([0-9.]+) .*/\1/p' CMakeLists.txt)
mapfile -t headings < <(sed -nE 's/^## ([0-9.]+).*/\1/p' .github/CHANGELOG.md)
[[ ${headings[0]} == "$version" && ${headings[-1]} == 0.1.0 ]] && exit
echo "CHANGELOG.md: describes ${headings[*]}, and not from $version to 0.1.0" >&2
exit 1
