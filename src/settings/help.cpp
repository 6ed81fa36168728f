// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/help.h"

#include "revision.h"

#include <algorithm>
#include <optional>

namespace stepdown {
namespace {

constexpr std::size_t width = 80;
constexpr std::string_view head =
    "Usage: stepdown [OPTION]... [--] COMMAND [ARG]...\n"
    "Prepares a container, gives every privilege up, and becomes COMMAND.\n";
constexpr std::string_view rule = "A flag beats its variable; a variable that is empty counts as unset.\n";
constexpr std::string_view values =
    "Values:\n"
    "  PATHS       are separated by blanks or line ends, and quoted as in a shell:\n"
    "              /data '/srv/my data'. Nothing is expanded: no ~, $, * or {a,b}.\n"
    "              With --chown, -/cache is a path that need not exist.\n"
    "  LIST, CAPS  are separated by commas or blanks: docker,@/dev/dri/card0,-video.\n"
    "  SPEC        has at most one colon: app, app:staff, 1000:1000, @/data.\n"
    "  Booleans    as variables: 1, true, yes, on, or 0, false, no, off.\n";
constexpr std::string_view examples =
    "Examples:\n"
    "  In a Dockerfile, the image's own start:\n"
    "          ENV GOSU_USER=app GOSU_MKDIR=/run/app GOSU_CHOWN=\"/data -/cache\"\n"
    "          ENTRYPOINT [\"stepdown\"]\n"
    "          CMD [\"app\", \"--data\", \"/data\"]\n"
    "  In a shell, one command as a user with two more groups:\n"
    "          stepdown -u 1000:1000 -g video,docker id\n"
    "  What a start would do, and what it would lack:\n"
    "          docker run --rm -e GOSU_USER=1000:1000 IMAGE --dry-run app\n";

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
    text.append("\n").append(rule).append("\n").append(values).append("\n");
    return text.append(examples);
}

std::string version_text() { return "stepdown " STEPDOWN_VERSION " (" STEPDOWN_LIBC STEPDOWN_REVISION ")\n"; }

}  // namespace stepdown
