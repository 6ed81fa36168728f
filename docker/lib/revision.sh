#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the header that names the source revision: docker/lib/revision.sh HEADER
# A header that is right stays untouched, so that nothing is compiled again.
set -euo pipefail
header=${1:?usage: docker/lib/revision.sh HEADER}
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/source.sh

revision=$(source_revision)
line="#define STEPDOWN_REVISION \"${revision:+, ${revision:0:7}}\""
[[ ! -e $header || $(<"$header") != "$line" ]] || exit 0
mkdir -p "${header%/*}"
echo "$line" >"$header"
