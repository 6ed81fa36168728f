// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/help.h"

#include <algorithm>
#include <optional>

namespace stepdown {
namespace {

constexpr std::size_t width = 80;
constexpr std::string_view head =
    "Usage: stepdown [OPTION]... [--] COMMAND [ARG]...\n"
    "Prepares a container, gives every privilege up, and becomes COMMAND.\n";
constexpr std::string_view rule = "A flag beats its variable; a variable that is empty counts as unset.\n";

// "  -u, --user SPEC"
std::string flags_of(const OptionDeclaration& declared) {
    std::string flags = declared.short_flag() == '\0' ? "      " : std::string("  -") + declared.short_flag() + ", ";
    flags.append(declared.long_flag());
    return declared.is_boolean() ? flags : flags + " " + declared.argument;
}

std::string padded(std::string text, std::size_t column) {
    text.append(column - std::min(column, text.size()), ' ');
    return text;
}

std::string in_one_line(const OptionDeclaration& declared) {
    constexpr std::size_t variables = 22;
    constexpr std::size_t briefs = 41;
    return padded(padded(flags_of(declared), variables) + declared.variable, briefs) + declared.brief + "\n";
}

// text as a paragraph, cut at blanks.
std::string paragraph(std::string_view text) {
    constexpr std::string_view indent = "          ";
    constexpr std::size_t room = width - indent.size();
    std::string lines;
    while (text.size() > room) {
        const auto end = std::min(text.rfind(' ', room), text.size() - 1);
        lines.append(indent).append(text.substr(0, end)).append("\n");
        text.remove_prefix(end + 1);
    }
    return lines.append(indent).append(text).append("\n");
}

std::string at_length(const OptionDeclaration& declared) {
    const std::string_view variable = declared.variable;
    const std::string named = variable.empty() ? "" : "  [" + std::string(variable) + "]";
    return flags_of(declared) + named + "\n" + paragraph(declared.help);
}

}  // namespace

std::string help_text() {
    std::string text = std::string(head) + "\n";
    for (const OptionDeclaration& declared : option_table) {
        if (*declared.brief != '\0') text += in_one_line(declared);
    }
    return text.append("\n").append(rule);
}

std::string help_all_text() {
    std::string text(head);
    std::optional<Topic> topic;
    for (const OptionDeclaration& declared : option_table) {
        if (topic != declared.topic) text.append("\n").append(title_of(declared.topic)).append(":\n");
        topic = declared.topic;
        text += at_length(declared);
    }
    return text.append("\n").append(rule);
}

std::string version_text() { return "stepdown " STEPDOWN_VERSION "\n"; }

}  // namespace stepdown
