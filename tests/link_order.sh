#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whether a line of a linker script that matches nothing is found, by the ld(1) that is installed:
# tests/link_order.sh COMPILER
set -euo pipefail
compiler=${1:?usage: tests/link_order.sh COMPILER}
check=$(dirname "$(realpath "$0")")/../src/link/check.sh
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"

cat >program.cpp <<'END'
namespace named { [[gnu::noinline]] void explain() { asm(""); } void garbage() {} }
namespace named_with_more_letters_than_one_line_of_a_map_has { [[gnu::noinline]] void explain() { asm(""); } }
asm(".section .text.empty,\"ax\"\nempty:\n.text");
extern "C" void empty();
extern "C" void _start() {
    empty();
    named::explain();
    named_with_more_letters_than_one_line_of_a_map_has::explain();
    for (;;) asm("");
}
END
"$compiler" -Os -ffunction-sections -fno-asynchronous-unwind-tables -c program.cpp -o program.o

# link LINE...: links the program in the order of a script of these lines.
link() {
    { echo 'SECTIONS { .text.seldom : {' && printf '%s\n' "$@" && echo '} } INSERT AFTER .text;'; } >order.ld
    "$compiler" -nostdlib -static -no-pie -Wl,--gc-sections,-T,order.ld,-Map=map program.o -o program
}

# expect UNMATCHED LINE...: of the LINEs the check names those that UNMATCHED holds, and then removes the program.
expect() {
    local unmatched=$1 said expected=
    link "${@:2}"
    said=$("$check" map program 2>&1 && echo accepted || echo refused; [[ -e program ]] && echo 'and kept' || echo 'and removed')
    if [[ -z $unmatched ]]; then
        expected=$'accepted\nand kept'
    else
        expected=$(printf 'src/link: no code of the program matches\n%s\nrefused\nand removed' "$unmatched")
    fi
    [[ $said == "$expected" ]] && return
    printf 'expected of the lines\n%s\nis\n%s\nand the check says\n%s\n' "$(printf '  %s\n' "${@:2}")" "$expected" "$said" >&2
    exit 1
}

named='*(.text._ZN5named*)' long='*program.o(.text._ZN50named_with*)'
expect '' "$named" "$long"
expect '' "$long" "$named"
expect '  *renamed.o(.text*)' "$named" '*renamed.o(.text*)' "$long"
expect '  *(.text._ZN5gone*)' '*(.text._ZN5gone*)' "$named"
expect '  *(.text._ZN5gone*)' "$long" '*(.text._ZN5gone*)'
expect $'  *libc.a:gone.o(.text)\n  *(.text._ZN5gone*)' '*libc.a:gone.o(.text)' "$named" '*(.text._ZN5gone*)'
# What is left out of the program, what a line before it took, and a section without code are nothing.
expect '  *(.text._ZN5named7garbage*)' '*(.text._ZN5named7garbage*)' "$named"
expect '  *program.o(.text._ZN5named*)' "$named" '*program.o(.text._ZN5named*)'
expect '  *program.o(.text.empty)' '*program.o(.text.empty)' "$named"
# A map without the script's sections shows that the check would look for nothing.
: >map
! "$check" map program 2>/dev/null || { echo "the check takes an empty map" >&2; exit 1; }
