// SPDX-License-Identifier: Apache-2.0
// Counts the allocations of a test program, and refuses them when a test says so. Only for programs that are linked
// with counted_memory.cpp, whose operator new replaces the library's.
#pragma once

namespace stepdown::test {

// Per thread.
struct CountedMemory {
    int allocations = 0;
    bool is_spent = false;  // operator new throws std::bad_alloc
};

CountedMemory& counted_memory();

}  // namespace stepdown::test
