#include "stepdown/base/overflow.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepdown {
namespace {

// The next number of a line such as "         0     100000      65536"; 0 for none.
std::uint64_t pop_number(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::string_view digits = pop_piece(line, ' ');
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// Whether map, as in user_namespaces(7), has id on its inner side.
bool is_mapped(std::string_view map, id_t id) {
    while (!map.empty()) {
        std::string_view line = pop_piece(map, '\n');
        const std::uint64_t first = pop_number(line);
        pop_number(line);
        if (id >= first && id - first < pop_number(line)) return true;
    }
    return false;
}

// What an owner that is not mapped reads as, if no other does.
std::optional<id_t> unmapped_id(OverflowId which) {
    const id_t id = overflow_id(which);
    return is_mapped(which, id) == std::optional(false) ? std::optional(id) : std::nullopt;
}

}  // namespace

id_t overflow_id(OverflowId which) {
    constexpr id_t usual = 65534;
    const bool user = which == OverflowId::uid;
    return read_kernel_number(user ? "/proc/sys/kernel/overflowuid" : "/proc/sys/kernel/overflowgid").value_or(usual);
}

std::optional<bool> is_mapped(OverflowId which, id_t id) {
    const auto map = read_kernel_file(which == OverflowId::uid ? "/proc/self/uid_map" : "/proc/self/gid_map");
    return map ? std::optional(is_mapped(std::string_view(*map), id)) : std::nullopt;
}

bool is_unmapped(uid_t uid, gid_t gid) {
    static const auto unmapped_uid = unmapped_id(OverflowId::uid);
    static const auto unmapped_gid = unmapped_id(OverflowId::gid);
    return uid == unmapped_uid || gid == unmapped_gid;
}

}  // namespace stepdown
