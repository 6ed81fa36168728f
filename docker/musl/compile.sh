#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Started by docker/musl/runtime.sh: docker/musl/compile.sh TARGET GCC SYSROOT WORK RESULT KERNEL_HEADERS...
# Compiles libstdc++, the unwinder and libcap for musl, in the directory WORK, and puts them with musl itself and the
# kernel's headers into RESULT. TARGET is x86_64 or aarch64, and GCC is the compiler's major version, whose source is
# installed. All places are absolute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source docker/lib/apt.sh

machine=$1 version=$2 sysroot=$3 work=$4 result=$5
kernel_headers=("${@:6}")
gnu=$machine-linux-gnu musl=$machine-linux-musl
gcc=$work/gcc

# What libstdc++'s configure and make read of GCC's source, and what the unwinder is compiled from.
unpack_gcc() {
    local top=(--strip-components=1 --no-wildcards-match-slash --wildcards)
    mkdir "$gcc"
    tar -C "$gcc" -xJf "/usr/src/gcc-$version"/gcc-*.tar.xz --exclude='*/testsuite/*/*' "${top[@]}" \
        'gcc-*/'{libstdc++-v3,libgcc,config,include,libiberty,libbacktrace} \
        'gcc-*/gcc/'{BASE-VER,DEV-PHASE,DATESTAMP,tsystem.h,coretypes.h,defaults.h} \
        'gcc-*/'{config.guess,config.sub,config.rpath,config-ml.in,install-sh,missing,mkinstalldirs,move-if-change} \
        'gcc-*/'{ltmain.sh,libtool-ldflags,compile,depcomp,ltgcc.m4,ltoptions.m4,ltsugar.m4,ltversion.m4}
    ln -s gthr-posix.h "$gcc/libgcc/gthr-default.h" # or configure finds no threads
}

place_libc() {
    mkdir -p "$result"/{include,lib}
    cp -RL "$sysroot/usr/include/$musl/." "${kernel_headers[@]}" "$result/include"
    cp -L "$sysroot/usr/lib/$musl"/*.[ao] "$result/lib"
}

# GCC looks for crt files and archives in -B's directory first. No place of this machine may get into an archive.
compiler() {
    printf '%s ' "$gnu-$1" -nostdinc -isystem "$result/include" -isystem "$("$gnu-$1" -print-file-name=include)" \
        "-B$result/lib" "-ffile-prefix-map=$result=/usr/lib/musl" "-ffile-prefix-map=$work=/usr/src"
}

# Debian's libgcc_eh.a calls glibc's _dl_find_object. Nothing of libgcc.a depends on a C library.
compile_unwinder() {
    local unwinder=$machine headers=$work/unwinder plugin name
    [[ $machine != x86_64 ]] || unwinder=i386
    plugin=$("$gnu-gcc" -print-file-name=plugin)/include
    mkdir "$headers"
    printf '#define USED_FOR_TARGET\n#include "auto-host.h"\n#include "ansidecl.h"\n' >"$headers/tconfig.h"
    printf '#include "config/%s/value-unwind.h"\n' "$unwinder" >"$headers/libgcc_tm.h"
    cp "$gcc/libgcc/config/$unwinder/linux-unwind.h" "$headers/md-unwind-support.h"
    : >"$headers/auto-target.h"
    for name in unwind-dw2 unwind-dw2-fde-dip unwind-c; do
        $CC -c "$gcc/libgcc/$name.c" -o "$headers/$name.o" -O2 -g0 -fPIE -fbuilding-libgcc -fexceptions \
            -fno-stack-protector -ffunction-sections -fdata-sections -DIN_GCC -DIN_LIBGCC2 -DHAVE_LD_EH_FRAME_HDR \
            -DTARGET_DL_ITERATE_PHDR -DGTHREAD_USE_WEAK=0 -I "$headers" -I "$gcc/libgcc" -I "$gcc/include" \
            -I "$gcc/gcc" -I "$plugin"
    done
    "$gnu-ar" rcsD "$result/lib/libgcc_eh.a" "$headers"/*.o
}

# libstdc++ keeps 72 KiB for exceptions that are thrown when memory has run out, and asks malloc for them at every start.
# In .bss they cost nothing. This prints the option of configure for that, or changes a libstdc++ that is too old for it.
static_pool() {
    local source=$gcc/libstdc++-v3
    if grep -q enable-libstdcxx-static-eh-pool "$source/configure"; then
        echo --enable-libstdcxx-static-eh-pool
        return
    fi
    sed -i 's/arena = (char \*)malloc (arena_size);/static char room[EMERGENCY_OBJ_COUNT * (EMERGENCY_OBJ_SIZE \
        + sizeof (__cxa_dependent_exception))] __attribute__ ((aligned)); arena = room;/' "$source/libsupc++/eh_alloc.cc"
    grep -q 'arena = room;' "$source/libsupc++/eh_alloc.cc"
}

compile_libstdcxx() {
    local built_on=$musl pool
    pool=$(static_pool)
    [[ $machine == "$(uname -m)" ]] || built_on=$(uname -m)-linux-gnu
    mkdir "$work/libstdc++"
    cd "$work/libstdc++"
    "$gcc/libstdc++-v3/configure" --build="$built_on" --host="$musl" --prefix=/ --libdir=/lib \
        --with-gxx-include-dir=/include/c++ --disable-shared --disable-multilib --disable-nls \
        --enable-clocale=generic --disable-wchar_t --disable-libstdcxx-pch --disable-libstdcxx-verbose \
        ${pool:+"$pool"} \
        AR="$gnu-ar" RANLIB="$gnu-ranlib" CFLAGS="-Os -g0 -fPIE" CXXFLAGS="-Os -g0 -fPIE"
    make -j"$(nproc)"
    make install DESTDIR="$result"
    cd "$OLDPWD"
    rm -rf "$result"/share "$result"/lib/*.la "$result"/lib/*.py
}

# Debian's libcap.a calls glibc's checked functions.
compile_libcap() {
    use_apt "$(dpkg --print-architecture)" "$work/apt"
    fetch_source libcap2
    local source=$work/apt/libcap2
    make -C "$source/libcap" CC="$CC" AR="$gnu-ar" RANLIB="$gnu-ranlib" OBJCOPY="$gnu-objcopy" BUILD_CC=gcc \
        COPTS="-O2 -ffunction-sections" libcap.a
    cp "$source/libcap/libcap.a" "$result/lib/"
    echo "libcap2 $(cd "$source" && dpkg-parsechangelog -S Version)" >>"$result/packages"
}

CC=$(compiler gcc) CXX=$(compiler g++)
export CC CXX
unpack_gcc
place_libc
compile_unwinder
compile_libstdcxx
compile_libcap
