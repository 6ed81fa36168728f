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
// NOLINTBEGIN(bugprone-reserved-identifier): the names are ld(1)'s and musl's
extern "C" const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));
#ifdef STEPDOWN_PACKED_RELOCATIONS
extern "C" const ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

namespace {

// Addresses that a start relocates take one bit each instead of 24 bytes (DT_RELR of the generic ABI; ld(1), -z
// pack-relative-relocs). musl reads them from 1.2.4 on. This variable shows whether it did.
const void* volatile itself = const_cast<const void**>(&itself);

// An even entry is the address of a word. An odd one has a bit for each of the words after the last one.
[[gnu::no_stack_protector, gnu::always_inline]] inline void relocate(std::uintptr_t base, const std::uintptr_t* entry,
                                                                     const std::uintptr_t* end) {
    constexpr std::size_t words_of_a_bitmap = sizeof(std::uintptr_t) * 8 - 1;
    std::uintptr_t* word = nullptr;
    for (; entry != end; ++entry) {
        if ((*entry & 1U) == 0) {
            word = reinterpret_cast<std::uintptr_t*>(base + *entry);  // NOLINT: addresses, as numbers
            *word++ += base;
            continue;
        }
        std::size_t i = 0;
        for (std::uintptr_t bits = *entry >> 1U; bits != 0; bits >>= 1U, ++i) {
            if ((bits & 1U) != 0) word[i] += base;
        }
        word += words_of_a_bitmap;
    }
}

}  // namespace

extern "C" int __real___libc_start_main(int (*program)(), int argc, char** argv, void (*init)(), void (*fini)(),
                                        void (*loader)());
extern "C" int __wrap___libc_start_main(int (*program)(), int argc, char** argv, void (*init)(), void (*fini)(),
                                        void (*loader)());

// The first function of musl's start that is not in its startup object, by ld(1)'s --wrap. The stack protector has no
// value yet, and no function of the library may be called.
extern "C" [[gnu::no_stack_protector]] int __wrap___libc_start_main(int (*program)(), int argc, char** argv,
                                                                    void (*init)(), void (*fini)(), void (*loader)()) {
    constexpr ElfW(Sxword) relr_size = 35;  // DT_RELRSZ and DT_RELR, which older headers lack
    constexpr ElfW(Sxword) relr = 36;
    const auto base = reinterpret_cast<std::uintptr_t>(&__ehdr_start);  // NOLINT: addresses, as numbers
    std::uintptr_t start = 0;
    std::uintptr_t size = 0;
    for (const ElfW(Dyn)* each = _DYNAMIC; each->d_tag != DT_NULL; ++each) {
        if (each->d_tag == relr) start = base + each->d_un.d_ptr;
        if (each->d_tag == relr_size) size = each->d_un.d_val;
    }
    if (itself != &itself) {
        const auto* first = reinterpret_cast<const std::uintptr_t*>(start);  // NOLINT: likewise
        relocate(base, first, first + size / sizeof(std::uintptr_t));
    }
    return __real___libc_start_main(program, argc, argv, init, fini, loader);
}
#endif
// NOLINTEND(bugprone-reserved-identifier)

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
