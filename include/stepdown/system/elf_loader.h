// SPDX-License-Identifier: Apache-2.0
// The loader that a program asks for.
#pragma once

#include <string>

namespace stepdown {

// The path in PT_INTERP (elf(5)) of the ELF file that fd is open on for reading; "" for none, and for any other file.
// Most programs take one pread(2).
[[nodiscard]] std::string elf_loader(int fd);

}  // namespace stepdown
