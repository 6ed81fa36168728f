// SPDX-License-Identifier: Apache-2.0

#include "unit/base/counted_memory.h"

#include <cstdlib>
#include <new>

namespace stepdown::test {

CountedMemory& counted_memory() {
    static thread_local constinit CountedMemory instance;
    return instance;
}

}  // namespace stepdown::test

// The replacements of [new.delete.single], in a file of their own: GCC would inline one without the other and warn.
// NOLINTBEGIN(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
void* operator new(std::size_t size) {
    auto& memory = stepdown::test::counted_memory();
    ++memory.allocations;
    void* room = memory.is_spent ? nullptr : std::malloc(size);
    if (room == nullptr && std::get_new_handler() != nullptr) std::get_new_handler()();
    if (room == nullptr) throw std::bad_alloc();
    return room;
}

void operator delete(void* room) noexcept { std::free(room); }
void operator delete(void* room, std::size_t /*size*/) noexcept { std::free(room); }
// NOLINTEND(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
