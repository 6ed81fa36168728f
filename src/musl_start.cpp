// SPDX-License-Identifier: Apache-2.0
// The part of a static program's start that glibc does before main, and musl leaves out.
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>

#ifndef __GLIBC__

// The file's header as it lies in memory; ld(1) defines the symbol.
// NOLINTNEXTLINE(bugprone-reserved-identifier, cert-dcl37-c, cert-dcl51-cpp): the name is ld(1)'s
extern "C" const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

namespace {

// PT_GNU_RELRO (ld(1), -z relro): constants, such as tables of functions, that hold addresses and were relocated. From
// here on nothing may write to them. It is rounded as glibc's _dl_protect_relro does: a page that also holds variables
// stays writable. A kernel or a seccomp filter that refuses the call is no reason not to start. Of all constructors,
// this one runs first; 0 to 100 are reserved.
[[gnu::constructor(101)]] void protect_relocated_constants() {
    const std::uintptr_t page = ::getauxval(AT_PAGESZ);
    const auto start = reinterpret_cast<std::uintptr_t>(&__ehdr_start);  // NOLINT: addresses, as numbers
    // In a program of fixed addresses (ET_EXEC) those of the segments are absolute; a static-pie has them from its
    // start.
    const std::uintptr_t base = __ehdr_start.e_type == ET_DYN ? start : 0;
    const auto* segment = reinterpret_cast<const ElfW(Phdr)*>(start + __ehdr_start.e_phoff);  // NOLINT: likewise
    for (std::size_t i = 0; i < __ehdr_start.e_phnum; ++i, ++segment) {
        if (segment->p_type != PT_GNU_RELRO || page == 0) continue;
        const std::uintptr_t from = (base + segment->p_vaddr) & ~(page - 1);
        const std::uintptr_t to = (base + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        ::mprotect(reinterpret_cast<void*>(from), to - from, PROT_READ);  // NOLINT: likewise
    }
}

}  // namespace

#endif
