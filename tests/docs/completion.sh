#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the completion for bash replies: tests/docs/completion.sh STEPDOWN_DOCS STEPDOWN
set -euo pipefail
docs=${1:?usage: tests/docs/completion.sh STEPDOWN_DOCS STEPDOWN} stepdown=$2
template=$(dirname "${BASH_SOURCE[0]}")/../../src/docs/stepdown.bash.in

failures=0
# shellcheck source=/dev/null
source <("$docs" "$template")

# replies LINE: what is offered at its end, sorted. Readline makes a word of = : and @, or of several in a row.
replies() {
    local line=$1 text
    text=$(sed -E 's/[=:@]+/\n&\n/g; s/ +/\n/g' <<<"$line" | grep .)
    mapfile -t COMP_WORDS <<<"$text"
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _stepdown
    printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort -u | paste -sd' '
}

# offers LINE [REPLY]...: these and no other.
offers() {
    local replied
    replied=$(replies "$1")
    [[ $replied == "${*:2}" ]] && return
    echo "\"$1\" draws \"$replied\" and not \"${*:2}\"" >&2
    failures=$((failures + 1))
}

# offers_among LINE REPLY: this, and what else the machine has.
offers_among() {
    [[ " $(replies "$1") " == *" $2 "* ]] && return
    echo "\"$1\" does not draw \"$2\"" >&2
    failures=$((failures + 1))
}

mapfile -t flags < <("$stepdown" --help-all | grep -E '^ +-' | grep -oE '(^| )(-[a-zA-Z]|--[a-z-]+)' | tr -d ' ' | LC_ALL=C sort)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir directory
touch data.txt data:1 no-program
install -m 0755 /dev/null program-of-ours
PATH=$scratch:$PATH

# Options: all that there are.
offers 'stepdown -' "${flags[@]}"
offers 'stepdown --chown-' --chown-errors --chown-exclude --chown-hardlinks --chown-policy
offers 'stepdown --strict --dry' --dry-run
offers 'stepdown -u app --js' --json
offers 'stepdown --user=app:staff --js' --json
offers 'stepdown --frobnicate'

# Values out of a list.
offers 'stepdown --log-level ' debug error info warn
offers 'stepdown --log-level w' warn
offers 'stepdown --log-level=' debug error info warn
offers 'stepdown --log-level=w' warn
offers 'stepdown -u app --chown-policy on-r' on-root-mismatch
offers 'stepdown -u app --chown-policy ' on-mismatch on-root-mismatch top
offers 'stepdown --umask 0'
offers 'stepdown --strict=t'

# Users and groups.
offers 'stepdown -u roo' root
offers 'stepdown --user=roo' root
offers 'stepdown -u app:nogrou' nogroup
offers 'stepdown -u app: -g nogrou' nogroup
offers 'stepdown -g root,nogrou' root,nogroup
offers 'stepdown -g -nogrou' -nogroup
offers 'stepdown -g root,-nogrou' root,-nogroup

# Paths.
offers 'stepdown -c da' data.txt data:1
offers 'stepdown --chown=dat' data.txt data:1
offers 'stepdown -c -dat' -data.txt -data:1
offers 'stepdown -m di' directory
offers 'stepdown --home d' directory
offers 'stepdown -u @dire' directory
offers 'stepdown --user=@dire' directory
offers 'stepdown -u app:@dire' directory
offers 'stepdown --uid @' data.txt data:1 directory no-program program-of-ours
offers 'stepdown --uid -@dire' directory
offers 'stepdown -g root,@dire' directory

# The command, and what belongs to it.
offers 'stepdown program-of' program-of-ours
offers 'stepdown -u app program-of' program-of-ours
offers 'stepdown -u app:staff program-of' program-of-ours
offers 'stepdown -u @directory program-of' program-of-ours
offers 'stepdown --user=app --strict program-of' program-of-ours
offers 'stepdown -- program-of' program-of-ours
offers 'stepdown -u -- program-of' program-of-ours
offers_among 'stepdown -u app ' program-of-ours
offers 'stepdown program-of-ours --str'
offers 'stepdown -- --str'

# bash-completion's way to complete another command's words, where there is one.
_command_offset() { COMPREPLY=("word $1"); }
offers 'stepdown program-of-ours --str' 'word 1'
offers 'stepdown -u app:staff program-of-ours a ' 'word 5'
offers 'stepdown -- program-of-ours a ' 'word 2'

((failures == 0))
