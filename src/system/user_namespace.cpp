// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/user_namespace.h"

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

constexpr const char* uid_map = "/proc/self/uid_map";
constexpr const char* gid_map = "/proc/self/gid_map";

// The next number of a line such as "         0     100000      65536"; 0 for none.
std::uint64_t pop_number(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::string_view digits = pop_piece(line, ' ');
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// A line of the map: the first id inside, the first id outside, and how many there are.
struct Range {
    std::uint64_t inside = 0;
    std::uint64_t outside = 0;
    std::uint64_t count = 0;
};

Range pop_range(std::string_view& map) {
    std::string_view line = pop_piece(map, '\n');
    const std::uint64_t inside = pop_number(line);
    const std::uint64_t outside = pop_number(line);
    return {inside, outside, pop_number(line)};
}

// The line of the map, which is in the form of user_namespaces(7), that has id on its inner side.
std::optional<Range> range_of(std::string_view map, id_t id) {
    while (!map.empty()) {
        const Range range = pop_range(map);
        if (id >= range.inside && id - range.inside < range.count) return range;
    }
    return std::nullopt;
}

// The same of this process; nothing: no line has it, or there is no map.
std::optional<Range> range_of(OverflowId which, id_t id) {
    const auto map = read_kernel_file(which == OverflowId::uid ? uid_map : gid_map);
    return map ? range_of(*map, id) : std::nullopt;
}

// Returns true if the map at path maps every id to itself, as that of the initial user namespace does.
bool is_full(const char* path) {
    constexpr std::uint64_t all_ids = 4294967295;
    const auto map = read_kernel_file(path);
    if (!map) return false;
    std::string_view rest = *map;
    const Range range = pop_range(rest);
    return range.inside == 0 && range.outside == 0 && range.count == all_ids;
}

// The id that an owner without a mapping reads as, if no mapped owner does; nothing otherwise.
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
    const auto map = read_kernel_file(which == OverflowId::uid ? uid_map : gid_map);
    return map ? std::optional(range_of(*map, id).has_value()) : std::nullopt;
}

bool may_have_no_mapping(OverflowId which, id_t id) {
    return id == overflow_id(which) && !(is_full(uid_map) && is_full(gid_map));
}

bool may_have_no_mapping(uid_t uid, gid_t gid) {
    return may_have_no_mapping(OverflowId::uid, uid) || may_have_no_mapping(OverflowId::gid, gid);
}

bool is_root_ordinary_outside() {
    const auto range = range_of(OverflowId::uid, 0);
    return range && range->outside != 0;
}

[[gnu::cold]] std::optional<id_t> id_outside(OverflowId which, id_t id) {
    const auto range = range_of(which, id);
    if (!range || range->count != 1 || (id == 0 && range->outside == 0)) return std::nullopt;
    return static_cast<id_t>(range->outside);
}

[[gnu::cold]] std::string who_root_is_outside() {
    const auto uid = id_outside(OverflowId::uid, 0);
    if (!uid) return "";
    return concat(
        {"Root here is uid ", std::to_string(*uid), " outside (under a rootless engine, the person who runs it)"});
}

[[gnu::cold]] std::string start_with_keep_id() {
    std::string clause = "start the container with podman's --userns=keep-id";
    const auto uid = id_outside(OverflowId::uid, 0);
    const auto gid = id_outside(OverflowId::gid, 0);
    if (uid && gid) clause += concat({" --user=", std::to_string(*uid), ":", std::to_string(*gid)});
    return clause;
}

bool has_no_mapping(uid_t uid, gid_t gid) {
    static const auto unmapped_uid = unmapped_id(OverflowId::uid);
    static const auto unmapped_gid = unmapped_id(OverflowId::gid);
    return uid == unmapped_uid || gid == unmapped_gid;
}

}  // namespace stepdown
