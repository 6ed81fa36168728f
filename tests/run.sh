#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docker/lib/build.sh
source docker/lib/packages.sh
source tests/support/scripts/debian.sh

usage() {
    cat <<'END'
Usage: tests/run.sh [--also SUITE | --release | --coverage | --tidy | --tsan | --fuzz [SECONDS [TARGET]...] | --help]

Installs what is missing (as root), builds the presets dev, release and release-musl, and runs their tests, those
of the ownership engine's threads in the preset tsan, and every fuzz target for 20 seconds. Those of
tests/engines are among them where Docker is installed. The preset dev leaves out what needs no second run.

  --also      also: the tests of --release in a bare root file system of another release of Debian, such as
              trixie (tests/bare-root.sh). Here the preset release then runs only the tests of the released file.
  --release   instead: builds the preset release alone, and runs its unit and root tests
  --coverage  instead: the same tests in the preset coverage; fails when less than 90 % of the lines
              of src/ ran
  --tidy      instead: the measures of the sources (tests/measures.sh); the spelling (tests/docs/spelling.sh);
              clang-format over src, include and tests; clang-tidy over src
  --tsan      instead: the same tests in the preset tsan
  --fuzz      instead: every fuzz target, or the named ones, for SECONDS; build/fuzz/tests/fuzz keeps what
              was found

Tests that need root are skipped without it. With STEPDOWN_TESTS_MUST_RUN=1 a skipped test is a failure.
END
}

total_passed=0 total_failed=0 total_skipped=0

# add_counts PASSED FAILED SKIPPED
add_counts() {
    total_passed=$((total_passed + $1)) total_failed=$((total_failed + $2)) total_skipped=$((total_skipped + $3))
}

# count NAME FILE: the number of that name in the head of ctest's JUnit file.
count() { grep -m1 -oE "\b$1=\"[0-9]+\"" "$2" | tr -dc 0-9; }

# skip_reasons LOG: what gtest says after `file:line: Skipped`, which ctest keeps to itself.
skip_reasons() { sed -n '/: Skipped$/{n;s/^/Skipped because: /p}' "$1" | sort | uniq -c; }

# Runs a command with mounts of its own, where that is allowed: a test's mounts then appear in no other test's list.
apart=(unshare --mount --propagation private)
if ! "${apart[@]}" true 2>/dev/null; then apart=(); fi

# run_ctest NAME OPTION...: leaves the output in build/test-NAME.log and the figures in build/test-NAME.xml.
run_ctest() {
    local junit=$PWD/build/test-$1.xml
    rm -f "$junit"
    "${apart[@]}" ctest "${@:2}" --no-tests=error --output-junit "$junit" >"build/test-$1.log" 2>&1 </dev/null || true
}

# report_tests NAME DIRECTORY: shows what did not simply pass in run_ctest NAME, and adds to the totals. DIRECTORY is
# the one in which ctest ran.
report_tests() {
    local junit=build/test-$1.xml tests failed skipped
    grep -vE '^ +Start +[0-9]+: |\.\.\.+ +Passed +[0-9.]+ sec$' "build/test-$1.log" || true
    skip_reasons "$2/Testing/Temporary/LastTest.log"
    tests=$(count tests "$junit")
    failed=$(count failures "$junit")
    skipped=$(($(count skipped "$junit") + $(count disabled "$junit")))
    if ((tests == 0)); then
        echo "$0: there are no tests of $1" >&2
        return 1
    fi
    add_counts $((tests - failed - skipped)) "$failed" "$skipped"
}

# test_preset PRESET [OPTION]...: the options are ctest's.
test_preset() {
    echo "Testing $1"
    run_ctest "$1" --preset "$1" "${@:2}" -j2
    report_tests "$1" "build/$1"
}

# The closing line, and the decision. ctest itself takes a skipped test for a good one.
verdict() {
    echo "tests: $total_passed passed, $total_failed failed, $total_skipped skipped"
    if [[ ${STEPDOWN_TESTS_MUST_RUN:-} == 1 ]] && ((total_skipped)); then
        echo "$0: every test must run, and $total_skipped did not" >&2
        return 1
    fi
    ((total_failed == 0))
}

# build_with_tests PRESET [OPTION]...: the options are cmake's.
build_with_tests() {
    configure "$1" -D STEPDOWN_TESTS=ON "${@:2}"
    build "$1"
}

# Several sources are compiled at once where only time is to be won: the released files are not made like this.
at_once=(-D CMAKE_UNITY_BUILD=ON)

# Where every test must run, and where root has Docker already.
engines_run() { [[ ${STEPDOWN_TESTS_MUST_RUN:-} == 1 ]] || { ((EUID == 0)) && command -v dockerd >/dev/null; }; }

# Builds all presets. The containers, of which one runs at a time, run beside the compilers. They do not run beside other
# tests, because each makes the other several times slower.
build_all() {
    docker/musl/runtime.sh
    build_with_tests release-musl
    trap wait EXIT
    run_ctest engines --test-dir "$engines" --output-on-failure &
    build_with_tests dev "${at_once[@]}"
    configure release -D STEPDOWN_TESTS=ON
    build release "$@"
    build_for_threads
    build_fuzz
    wait
}

# run_tests [SUITE]: with a SUITE of Debian the unit and root tests of the preset release run there, and here only those
# of the released file.
run_tests() {
    local lists=(build test fuzz) engines=build/release-musl/tests/engines released=() labels=()
    if engines_run; then lists+=(engines); fi
    if (($#)); then lists+=(bare) released=(--target stepdown root_release) labels=(-L '^release$'); fi
    install_packages "${lists[@]}"
    if (($#)); then make_debian_tar "$1" & fi
    echo "Testing in containers, and building"
    build_all "${released[@]}"
    report_tests engines "$engines"
    test_preset release-musl -LE engines
    # The races run with musl, and under ThreadSanitizer, and killed walks by the hundred with both C libraries.
    # AddressSanitizer adds nothing but time. The pages are the same in every preset.
    test_preset dev -E 'RaceOfThreads|^Convergence\.|EndlessTree|^Docs\.'
    test_preset release "${labels[@]}"
    test_threads
    test_preset fuzz
    if (($#)); then test_on_debian "$1"; fi
}

run_release() {
    install_packages build test
    build_with_tests release
    test_preset release -L '^(unit|root|release)$' -E '^Release\.'
    verdict
}

# test_on_debian SUITE: adds the counts of --release there. A run that ends without them is a failed test.
test_on_debian() {
    local log=build/test-debian-$1.log counts='^tests: ([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
    echo "Testing on a bare Debian ($1)"
    tests/bare-root.sh "$1" tests/run.sh --release >"$log" 2>&1 </dev/null || true
    sed 's/^/    /' "$log"
    if [[ $(grep -E "$counts" "$log") =~ $counts ]]; then
        add_counts "${BASH_REMATCH[@]:1}"
    else
        echo "$0: no tests ran on a bare Debian ($1)" >&2
        add_counts 0 1 0
    fi
}

run_tsan() {
    install_packages build test
    build_with_tests tsan
    # ThreadSanitizer has a thread of its own, with which no process enters a user namespace (unshare(2)), and writes
    # a file before main, which meets the limit of a file's size.
    test_preset tsan -E '^(UserNamespace\.|FileAtItsLimit\.|Exhaustion\.|DropPrivileges\.ExplainsADeniedSetgroups|DryRun\.TriesToActAsTheUserEven)'
    verdict
}

# The tests in which threads share a walk, under ThreadSanitizer.
build_for_threads() {
    configure tsan -D STEPDOWN_TESTS=ON "${at_once[@]}"
    build tsan --target unit_ownership root_ownership own
}

test_threads() { test_preset tsan -R '^(WorkQueue|ThreadedWalk)\.|RaceOfThreads\..*/Together$'; }

build_fuzz() {
    configure fuzz
    build fuzz
}

# run_fuzz [SECONDS [TARGET]...]
run_fuzz() {
    local targets
    [[ -z ${1:-} ]] || export STEPDOWN_FUZZ_SECONDS=$1
    targets=$(IFS='|' && echo "${*:2}")
    install_packages build fuzz
    build_fuzz
    test_preset fuzz ${targets:+-R "_($targets)\$"}
    grep -E '^[a-z_]+: #' build/fuzz/Testing/Temporary/LastTest.log || true
    verdict
}

# Counters are written by whatever user a process has become by then: each file stands ready, writable by all.
prepare_counters() {
    chmod -R a+X build/coverage
    find build/coverage -name '*.gcda' -delete
    find build/coverage -name '*.gcno' | while IFS= read -r note; do
        install -m 0666 /dev/null "${note%.gcno}.gcda"
    done
}

run_coverage() {
    install_packages build test coverage
    build_with_tests coverage
    prepare_counters
    # Writing the counters makes system calls, takes memory and descriptors, and meets the limit of a file's size.
    test_preset coverage -E '^(SyscallBudget|FileAtItsLimit|Exhaustion)\.|AStartWithout(Descriptors|Memory)/'
    verdict
    gcovr --root . --filter src/ build/coverage --fail-under-line 90 --print-summary
}

run_tidy() {
    install_packages build test tidy
    configure dev -D STEPDOWN_TESTS=ON "${at_once[@]}"
    local status=0
    # Most of the time goes to the headers that the sources of a module share, so all of them are checked at once. They
    # count as headers of the file that CMake makes of them, which the analyzer leaves out unless it is told.
    local tidy=(clang-tidy -p build/dev --quiet --checks=-bugprone-suspicious-include
        --extra-arg=-Xclang --extra-arg=-analyzer-opt-analyze-headers)
    echo "Measuring the sources"
    tests/measures.sh || status=1
    echo "Checking the spelling"
    tests/docs/spelling.sh || status=1
    echo "Checking with clang-format"
    find src include tests -name '*.cpp' -print0 -o -name '*.h' -print0 |
        xargs -0 clang-format --dry-run -Werror || status=1
    echo "Checking with clang-tidy"
    find build/dev/CMakeFiles -path '*/Unity/*.cxx' -print0 |
        xargs -0 -P2 -n1 "${tidy[@]}" 2>&1 |
        { grep -vE '^[0-9]+ warnings? generated\.$' || true; } || status=1 # counts what is off, too
    return "$status"
}

case ${1:-} in
    "")
        run_tests
        verdict
        ;;
    --also)
        : "${2:?--also needs a suite}"
        run_tests "$2"
        verdict
        ;;
    --release) run_release ;;
    --coverage) run_coverage ;;
    --tidy) run_tidy ;;
    --tsan) run_tsan ;;
    --fuzz) run_fuzz "${@:2}" ;;
    --help) usage ;;
    *) usage >&2 && exit 2 ;;
esac
