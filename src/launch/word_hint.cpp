// SPDX-License-Identifier: Apache-2.0

#include "stepdown/launch/word_hint.h"

#include "stepdown/base/text.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace stepdown {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::vector<std::string> split_at_blanks(std::string_view text) {
    std::vector<std::string> words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        if (text.empty()) return words;
        const auto end = std::min(text.find_first_of(blanks), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

// words as the exec form of a Dockerfile has them: ["node", "server.js"]
std::string as_list(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list.append(list.empty() ? "[\"" : ", \"").append(word).append("\"");
    return list + "]";
}

// Returns true if text can stand in a message and in a list as it is.
bool is_plain(std::string_view text) {
    constexpr std::size_t longest = 200;
    return text.size() <= longest && text.find('"') == std::string_view::npos && escape(text) == text;
}

bool needs_shell(std::string_view text) {
    return text.find_first_of("\"\\|&;<>()$`'*?[]~#{}") != std::string_view::npos;
}

std::string hint_for_blanks(const std::string& name, const SearchPath& path) {
    const std::vector<std::string> words = split_at_blanks(name);
    if (words.empty() || words.front() == name || !has_command(words.front(), path)) return "";
    if (words.size() == 1) {
        const std::string_view place = blanks.find(name.back()) == std::string_view::npos ? "begins" : "ends";
        return concat({"The name ", place, " with a blank or a line end. Write ", quote(words.front())});
    }
    if (!needs_shell(name)) {
        const std::string list = is_plain(join(words, " ")) ? ". Write " + as_list(words) : "";
        return "Each word of a command is a string of its own" + list;
    }
    if (!has_command("sh", path)) return "";
    const std::string list = is_plain(name) ? ": " + as_list({"sh", "-c", name}) : "";
    return R"(No shell reads the command. Write "sh", "-c" before it)" + list;
}

// "NODE_ENV=production"
bool is_assignment(std::string_view name) {
    const std::string_view variable = name.substr(0, name.find('='));
    return variable.size() < name.size() && !variable.empty() && !is_number(variable.substr(0, 1)) &&
           std::all_of(variable.begin(), variable.end(), [](char c) {
               return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

bool is_built_in(std::string_view name) {
    const std::vector<std::string> names = split_at_blanks("cd export source . ulimit umask set eval");
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string word_hint(const std::string& name, const SearchPath& path) {
    std::string hint = hint_for_blanks(name, path);
    if (!hint.empty()) return hint;
    if (is_assignment(name) && has_command("env", path)) return "No shell sets variables here. Write env before it";
    if (name == "exec") return "It is built into shells. Leave it out";
    if (!is_built_in(name) || !has_command("sh", path)) return "";
    return R"(It is built into shells. Write the whole line as one string after sh -c: ["sh", "-c", "..."])";
}

}  // namespace stepdown
