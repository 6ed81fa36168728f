// SPDX-License-Identifier: Apache-2.0

#include "support/process/seen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace stepdown::test {
namespace {

std::vector<std::string> words(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string word; stream >> word;) result.push_back(word);
    return result;
}

std::string same_or_all(const std::string& text) {
    const auto ids = words(text);
    const bool same = !ids.empty() && std::all_of(ids.begin(), ids.end(), [&](const auto& id) { return id == ids[0]; });
    return same ? ids[0] : "(" + text + ")";
}

// "LENGTH:BYTES" with \n and \\ for a line feed and a backslash.
std::string unescape(const std::string& value) {
    const auto colon = value.find(':');
    const auto length = std::stoul(value.substr(0, colon));
    std::string text;
    for (std::size_t i = colon + 1; i < value.size(); ++i) {
        if (value[i] != '\\') {
            text += value[i];
        } else {
            text += value[++i] == 'n' ? '\n' : value[i];
        }
    }
    EXPECT_EQ(text.size(), length);
    return text;
}

}  // namespace

Seen::Seen(std::string_view output) {
    std::istringstream stream{std::string(output)};
    for (std::string line; std::getline(stream, line);) {
        const auto blank = line.find(' ');
        const auto value = line.find_first_not_of(' ', blank);
        lines_.emplace_back(line.substr(0, blank), value < line.size() ? line.substr(value) : "");
    }
}

std::vector<std::string> Seen::all(const std::string& key) const {
    std::vector<std::string> result;
    for (const auto& [name, value] : lines_) {
        if (name == key) result.push_back(value);
    }
    return result;
}

std::string Seen::one(const std::string& key) const {
    const auto values = all(key);
    return values.empty() ? "" : values.front();
}

std::vector<std::string> Seen::texts(const std::string& key) const {
    std::vector<std::string> result;
    for (const auto& value : all(key)) result.push_back(unescape(value));
    return result;
}

std::string Seen::variable(std::string_view name) const {
    const std::string prefix = std::string(name) + "=";
    for (const auto& text : texts("env")) {
        if (text.starts_with(prefix)) return text.substr(prefix.size());
    }
    return "(unset)";
}

std::string Seen::uid() const { return same_or_all(one("Uid")); }
std::string Seen::gid() const { return same_or_all(one("Gid")); }

std::string Seen::groups() const {
    std::string result;
    for (const auto& group : words(one("Groups"))) result += (result.empty() ? "" : " ") + group;
    return result;
}

std::string Seen::ids() const {
    const std::string list = groups();
    return uid() + ":" + gid() + (list.empty() ? "" : " " + list);
}

std::map<int, std::string> Seen::fds() const {
    std::map<int, std::string> result;
    for (const auto& value : all("fd")) {
        const auto blank = value.find(' ');
        result[std::stoi(value.substr(0, blank))] = value.substr(blank + 1);
    }
    return result;
}

Seen seen(const Outcome& outcome) {
    EXPECT_EQ(outcome.exit_code, 0) << describe(outcome);
    return Seen(outcome.out);
}

}  // namespace stepdown::test
