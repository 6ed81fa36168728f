# SPDX-License-Identifier: Apache-2.0
# Sourced. Programs of other machines, run by qemu wherever they are started.
# shellcheck shell=bash

emulations=() # what is to be disabled in the end

emulator_of() {
    case $1 in
        arm64) echo qemu-aarch64 ;;
        armel | armhf) echo qemu-arm ;;
        ppc64el) echo qemu-ppc64le ;;
        *) echo "qemu-$1" ;;
    esac
}

# enable_emulation ARCHITECTURE: execve(2) of its programs works from here on. i386 needs none.
enable_emulation() {
    local formats=/proc/sys/fs/binfmt_misc emulator
    emulator=$(emulator_of "$1")
    [[ $1 != i386 ]] || return 0
    [[ -e $formats/register ]] || mount -t binfmt_misc binfmt_misc "$formats"
    [[ ! -e $formats/$emulator ]] || return 0
    update-binfmts --enable "$emulator"
    emulations+=("$emulator")
}

# What was enabled before stays so.
disable_emulations() {
    local emulator
    for emulator in "${emulations[@]}"; do update-binfmts --disable "$emulator"; done
}
