# SPDX-License-Identifier: Apache-2.0
# Sourced by the benches, from the top of the source tree.
# shellcheck shell=bash disable=SC2034 # what is set here is used there
source docker/lib/architectures.sh
source docker/lib/build.sh
source docker/lib/packages.sh

out=${STEPDOWN_BENCH_OUT:-$PWD/build/bench} programs=$PWD/build/bench/programs
columns=case,tool,entries,runs,us_minimum,us_median,kib,faults,calls,instructions

# compile NAME OPTION...: a program of the benches.
compile() {
    mkdir -p "$programs" "$out"
    quietly "bench-$1" g++ -std=c++20 -Wall -Wextra -s "${@:2}" -o "$programs/$1"
}

# The command that every tool starts.
compile_command() {
    compile nothing -Os -static -no-pie -fno-pie -nostartfiles tests/bench/startup/nothing.cpp
}

# What is released for this machine.
build_release() { quietly bench-release docker/build-all.sh native; }

# build_glibc TARGET...: of the preset release.
build_glibc() {
    configure release -D STEPDOWN_TESTS=ON
    build release --target "$@"
}

need_root() {
    ((EUID == 0)) || { echo "$0: needs root" >&2; exit 1; }
}

# foreign_ticks: the time that all CPUs worked, less that of this script and what it started and waited for.
foreign_ticks() {
    awk -v own="$(awk '{ sub(/.*\) /, ""); print $12 + $13 + $14 + $15 }' "/proc/$$/stat")" \
        '$1 == "cpu" { print $2 + $3 + $4 + $7 + $8 - own }' /proc/stat
}

# Whether the machine was quiet: watch_others before measuring, report_others after it.
watch_others() { foreign_before=$(foreign_ticks) watched_since=$EPOCHREALTIME; }
report_others() {
    awk -v ticks="$(($(foreign_ticks) - foreign_before))" -v since="$watched_since" -v now="$EPOCHREALTIME" \
        -v hertz="$(getconf CLK_TCK)" 'BEGIN {
            share = 100 * ticks / hertz / (now - since)
            printf "Others used %.0f %% of a CPU meanwhile%s\n", share, (share > 10 ? ": do not trust these figures" : "")
        }'
}
