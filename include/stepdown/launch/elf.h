// SPDX-License-Identifier: Apache-2.0
// The machine and the loader that an ELF file asks for (elf(5)).
#pragma once

#include <optional>
#include <string>

namespace stepdown {

struct Elf {
    bool runs_here = false;  // it is a program, and the kernel may take it: see below
    std::string loader;      // the path in PT_INTERP; "" for none
};

// fd is open for reading; nothing: it is no ELF file. A program for another machine runs here where binfmt_misc is seen
// to be at work (the kernel's admin-guide/binfmt-misc.rst), and one of 32 bits where this machine's kernel may have
// been built to take it.
[[nodiscard]] std::optional<Elf> read_elf(int fd);

}  // namespace stepdown
