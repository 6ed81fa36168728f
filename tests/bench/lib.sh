# Sourced by the benches, from the top of the source tree, after build.sh.
# shellcheck shell=bash disable=SC2034 # what is set here is used there

out=${STEPDOWN_BENCH_OUT:-$PWD/build/bench} programs=$PWD/build/bench/programs
stepdown=$(realpath -m "${STEPDOWN:-build/release/stepdown}")
stepdown_musl=$(realpath -m "${STEPDOWN_MUSL:-build/release-musl/stepdown}")
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

# build_stepdown TARGET...: of the release, but for a stepdown that is given.
build_stepdown() {
    local targets=("$@")
    [[ -z ${STEPDOWN:-} ]] || targets=("${targets[@]/stepdown/}")
    read -ra targets <<<"${targets[*]}"
    ((${#targets[@]})) || return 0
    configure release -D STEPDOWN_TESTS=ON
    build release --target "${targets[@]}"
}

need_root() {
    ((EUID == 0)) || { echo "$0: needs root" >&2; exit 1; }
}
