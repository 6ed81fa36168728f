// SPDX-License-Identifier: Apache-2.0

#include "fuzz/account_model.h"

#include "fuzz/oracle.h"

namespace stepdown::fuzz {
namespace {

// The fields of a line that counts; none of one that does not.
std::vector<std::string> fields_of(std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const bool is_none = line.empty() || line[0] == '#' || line[0] == '+' || line[0] == '-' || line[0] == ':';
    if (is_none || line.find('\0') != std::string::npos) return {};
    return cut(line, ":");
}

std::string field(const std::vector<std::string>& fields, std::size_t index) {
    return index < fields.size() ? fields[index] : "";
}

}  // namespace

std::vector<PasswdLine> passwd_lines(std::string_view text) {
    std::vector<PasswdLine> users;
    const auto lines = cut(text, "\n");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto fields = fields_of(lines[i]);
        const auto uid = id_from(field(fields, 2));
        const auto gid = id_from(field(fields, 3));
        if (uid && gid) users.push_back({fields[0], *uid, *gid, field(fields, 5), i});
    }
    return users;
}

std::vector<GroupLine> group_lines(std::string_view text) {
    std::vector<GroupLine> groups;
    const auto lines = cut(text, "\n");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto fields = fields_of(lines[i]);
        const auto gid = id_from(field(fields, 2));
        std::string members = field(fields, 3);
        while (!members.empty() && std::string(" \t\v\f\r").find(members.back()) != std::string::npos)
            members.pop_back();
        if (gid) groups.push_back({fields[0], *gid, cut(members, ","), i});
    }
    return groups;
}

}  // namespace stepdown::fuzz
