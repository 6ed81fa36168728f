#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures what stepdown and its peers cost at start: the time from posix_spawn(3) to the exit of `TOOL nobody COMMAND`,
# where COMMAND is one system call, beside the page faults, system calls and user instructions of it. See usage.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "$here/../../.."
source tests/bench/lib.sh

usage() {
    cat <<'END'
Usage: tests/bench/startup/run.sh [--rounds N] [--report] [--quick] [NAME=FILE]...

Measures build/release/stepdown, build/release-musl/stepdown on amd64 and arm64, and for each NAME=FILE another build of
stepdown. Builds and installs what it misses; needs root, and a quiet machine.
The standard streams are files and /dev/null, so that no tool has to hand them over.
Writes build/bench/startup.csv, prints it and what is to be reached, and fails where something is not.

  --rounds N  starts of each tool (default 1000)
  --quick     count no instructions (single steps take two minutes)
  --report    do not fail
END
}

rounds=1000 report=false instructions=true others=()
arguments=("$@")
while (($#)); do
    case $1 in
        --rounds) rounds=$2; shift ;;
        --report) report=true ;;
        --quick) instructions=false ;;
        --help) usage; exit ;;
        *=*) others+=("$1") ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

build_programs() {
    compile measure -O2 "$here/measure.cpp" "$here/contenders.cpp"
    compile steps -O2 "$here/steps.cpp" "$here/contenders.cpp"
    compile witness -Os -static "$here/witness.cpp"
    compile_command
    compile glibc-floor -Os -fno-pie -static -no-pie "$here/exec_only.cpp"
    compile glibc-pie-floor -Os -fPIE -static-pie "$here/exec_only.cpp"
    quietly bench-musl-floor musl-gcc -Wall -Wextra -Os -static -s -x c "$here/exec_only.cpp" -o "$programs/musl-floor"
    quietly bench-su-exec musl-gcc -Wall -Wextra -Os -static -s "$here/su_exec.c" -o "$programs/su-exec"
    build_release
    build_glibc stepdown
}

# contender_lines NAME FILE: a build of stepdown, in its three ways to be called.
contender_lines() {
    echo "$1-environment user $2 GOSU_USER=nobody stepdown"
    echo "$1-flags user $2 stepdown -u nobody"
    echo "$1-as-gosu user $2 gosu nobody"
}

# Every peer with its own way to say "nobody, with the groups of that account".
list_contenders() {
    local other
    echo "command-alone root -"
    echo "glibc-floor root $programs/glibc-floor floor"
    echo "glibc-pie-floor root $programs/glibc-pie-floor floor"
    echo "musl-floor root $programs/musl-floor floor"
    contender_lines stepdown "$PWD/build/release/stepdown"
    if links_musl "$native"; then contender_lines stepdown-musl "$PWD/build/release-musl/stepdown"; fi
    for other in "${others[@]}"; do contender_lines "${other%%=*}" "$(realpath "${other#*=}")"; done
    echo "gosu user $(command -v gosu) gosu nobody"
    echo "setpriv user $(command -v setpriv) setpriv --reuid=nobody --regid=nogroup --init-groups"
    echo "s6-setuidgid user $(command -v s6-setuidgid) s6-setuidgid nobody"
    echo "chpst user $(command -v chpst) chpst -u nobody"
    echo "chroot user $(command -v chroot) chroot --userspec=nobody /"
    echo "su-exec-musl user $programs/su-exec su-exec nobody"
}

# A copy of each tool, all written and read alike. How a file came into the page cache decides how much of it one page
# fault maps, and with it up to 50 us of a start: ld(1) leaves it in other pieces than dpkg, and read(2) than mmap(2).
copy_tools() {
    local name ids file words copy copies=$programs/copies
    rm -rf "$copies"
    mkdir "$copies"
    while read -r name ids file words; do
        copy=$copies/${file//\//_}
        [[ $file == - ]] || { cat "$file" >"$copy" && chmod +x "$copy" && file=$copy; }
        echo "$name $ids $file $words"
    done
    sync "$copies"/*
    for copy in "$copies"/*; do
        dd if="$copy" iflag=nocache count=0 status=none
        cat "$copy" >/dev/null
    done
}

# The account files of a fresh Debian, and no NSS module beside files: as in a container, whatever this machine has.
as_in_an_image() {
    mount --bind /usr/share/base-passwd/passwd.master /etc/passwd
    mount --bind /usr/share/base-passwd/group.master /etc/group
    printf '%s: files\n' passwd group >"$programs/nsswitch.conf"
    mount --bind "$programs/nsswitch.conf" /etc/nsswitch.conf
}

# count_calls FILE [VARIABLE=VALUE]... ARGV0 [ARG]...: the system calls between the tool's execve and the command's.
count_calls() {
    local file=$1 variables=() name
    shift
    while [[ $1 == [A-Z]*=* ]]; do variables+=("$1"); shift; done
    name=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell, whose place the tool takes
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "${variables[@]}" strace -f -qq -o "$programs/strace" \
        bash -c 'exec -a "$0" "$@"' "$name" "$file" "$@" "$programs/nothing" </dev/null &>/dev/null
    awk -v tool="execve(\"$file\"" -v command="execve(\"$programs/nothing\"" '
        index($0, command) { print calls; exit }
        /resumed>|^[0-9]+ +(---|\+\+\+)/ { next }
        counting { calls++ }
        index($0, tool) { counting = 1; calls = 0 }' "$programs/strace"
}

# Of each contender a line of the CSV.
measure_all() {
    local name file words calls steps
    nice -n -20 "$programs/measure" "$programs/contenders" "$programs/nothing" "$programs/witness" "$rounds" \
        </dev/null >"$programs/times" 2>"$programs/wrong" || { cat "$programs/wrong" >&2; return 1; }
    : >"$programs/steps.csv"
    ! $instructions || "$programs/steps" "$programs/contenders" "$programs/nothing" >"$programs/steps.csv"
    while read -r name _ file words; do
        calls=0
        # shellcheck disable=SC2086 # words
        [[ $file == - ]] || calls=$(count_calls "$file" $words)
        steps=$(sed -n "s/^$name,//p" "$programs/steps.csv")
        echo "start,$(grep "^$name," "$programs/times"),$calls,$steps"
    done <"$programs/contenders"
}

table() {
    cut -d, -f2,4-6,8- "$out/startup.csv" | column -s, -t
    echo
    echo "What each adds to the command alone, us, minimum and median:"
    awk -F, 'NR == 2 { min = $5; median = $6 } NR > 2 { printf "%-26s %8.1f %8.1f\n", $2, $5 - min, $6 - median }' \
        "$out/startup.csv"
}

main() {
    need_root
    install_packages build bench-startup
    build_programs
    list_contenders | copy_tools >"$programs/contenders"
    as_in_an_image
    echo "Measuring $rounds rounds of $(wc -l <"$programs/contenders") starts on $(uname -sr)"
    watch_others
    {
        echo "$columns"
        measure_all
    } >"$out/startup.csv"
    report_others
    table
    echo
    awk -F, -f "$here/targets.awk" "$out/startup.csv" || $report
}

# In mounts of its own.
if [[ ${STEPDOWN_BENCH_MOUNTS:-} != own ]]; then
    STEPDOWN_BENCH_MOUNTS=own exec unshare --mount "$here/run.sh" "${arguments[@]}"
fi
main
