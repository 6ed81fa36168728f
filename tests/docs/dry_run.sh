#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fails unless src/docs/dry-run.md names the members of the JSON page, and no others: tests/docs/dry_run.sh SOURCE
set -euo pipefail
cd "${1:?usage: tests/docs/dry_run.sh SOURCE}"

# The members that the source writes, and the words that are values.
written() {
    grep -oE '(member|member_unless_empty|object|array|flag|messages)\("[a-z_]+"' src/dry_run/json_page.cpp | cut -d'"' -f2
    grep -oE 'constexpr std::array names\{[^}]*' src/dry_run/json_page.cpp | grep -oE '"[a-z]+"' | tr -d '"'
    grep -oE 'return "[a-z]+"' src/dry_run/json_page.cpp | cut -d'"' -f2
    grep -oE 'member\("[a-z]+"' include/stepdown/dry_run/json_writer.h | cut -d'"' -f2
    printf 'null\ninfo\n'
}

# shellcheck disable=SC2016  # the marks of Markdown
named() { sed -n '/^| member/,/^$/p' src/docs/dry-run.md | grep -oE '`[a-z_]+`' | tr -d '`'; }

diff <(written | sort -u) <(named | sort -u)
