// SPDX-License-Identifier: Apache-2.0
// passwd(5) and group(5) read a second time, by the rules of identity/accounts.h and README.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepdown::fuzz {

// Ids are as number_from has them.
struct PasswdLine {
    std::string name;
    std::string uid;
    std::string gid;
    std::string home;
    std::size_t line = 0;  // its index in the text
    bool operator==(const PasswdLine&) const = default;
};

struct GroupLine {
    std::string name;
    std::string gid;
    std::vector<std::string> members;
    std::size_t line = 0;
    bool operator==(const GroupLine&) const = default;
};

// The lines that count, in order.
[[nodiscard]] std::vector<PasswdLine> passwd_lines(std::string_view text);
[[nodiscard]] std::vector<GroupLine> group_lines(std::string_view text);

// The first line of that name, or with that id.
template <typename Line>
const Line* line_named(const std::vector<Line>& lines, std::string_view name) {
    for (const Line& each : lines) {
        if (each.name == name) return &each;
    }
    return nullptr;
}
inline const PasswdLine* line_with(const std::vector<PasswdLine>& lines, std::string_view uid) {
    for (const PasswdLine& each : lines) {
        if (each.uid == uid) return &each;
    }
    return nullptr;
}
inline const GroupLine* line_with(const std::vector<GroupLine>& lines, std::string_view gid) {
    for (const GroupLine& each : lines) {
        if (each.gid == gid) return &each;
    }
    return nullptr;
}

}  // namespace stepdown::fuzz
