// SPDX-License-Identifier: Apache-2.0
// Fills a template of the documentation from the option table: stepdown_docs TEMPLATE, on standard output.
//   @VERSION@        "stepdown 0.2.0"
//   @MAN_OPTIONS@    every option under its topic, for man(7)
//   @MAN_START@      the variables that speak to the container's start alone
//   @BASH_FLAGS@     every flag
//   @BASH_CASES@     for each option that takes a value, the branch of a case that tells its kind
#include "stepdown/base/file.h"
#include "stepdown/base/output.h"
#include "stepdown/settings/options.h"

#include <exception>
#include <optional>

namespace {

using namespace stepdown;

// The text as a reader can copy it: a minus and no hyphen, an apostrophe and no quotation mark. See groff_char(7).
std::string roff(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '-': escaped += "\\-"; break;
            case '\'': escaped += "\\(aq"; break;
            case '\\': escaped += "\\e"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }

bool is_choice(const OptionDeclaration& declared) {
    return std::string_view(declared.argument).find('|') != std::string_view::npos;
}

std::string man_option(const OptionDeclaration& declared) {
    std::string text = ".TP\n";
    if (declared.short_flag() != '\0') text += bold(std::string{'-', declared.short_flag()}) + ", ";
    text += bold(declared.long_flag());
    if (is_choice(declared)) text += " " + bold(declared.argument);
    if (!is_choice(declared) && !declared.is_boolean()) text += std::string(" \\fI") + declared.argument + "\\fR";
    const std::string_view variable = declared.variable;
    if (!variable.empty()) text += "  [" + bold(variable) + "]";
    return text + "\n" + roff(declared.help) + "\n";
}

std::string man_options() {
    std::string text;
    std::optional<Topic> topic;
    for (const OptionDeclaration& declared : option_table) {
        if (topic != declared.topic) text.append(".SS ").append(title_of(declared.topic)).append("\n");
        topic = declared.topic;
        text += man_option(declared);
    }
    text.pop_back();  // the template has the line's end
    return text;
}

std::string man_start() {
    std::string text;
    for (const OptionDeclaration& declared : option_table) {
        if (declared.scope != Honoured::at_entrypoint) continue;
        text += (text.empty() ? "" : ", ") + bold(declared.variable);
    }
    return text;
}

std::string bash_flags() {
    std::string text;
    for (const OptionDeclaration& declared : option_table) {
        if (declared.short_flag() != '\0') text += {'-', declared.short_flag(), ' '};
        text.append(declared.long_flag()).append(" ");
    }
    text.pop_back();
    return text;
}

std::string bash_cases() {
    std::string text;
    for (const OptionDeclaration& declared : option_table) {
        if (declared.is_boolean()) continue;
        text += text.empty() ? "        " : "\n        ";
        if (declared.short_flag() != '\0') text += {'-', declared.short_flag(), ' ', '|', ' '};
        text.append(declared.long_flag()).append(") kind='").append(declared.argument).append("' ;;");
    }
    return text;
}

void fill(std::string& text, std::string_view mark, const std::string& with) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size())) {
        text.replace(at, mark.size(), with);
    }
}

Result<void> write_filled(const std::string& path) {
    std::string text = TRY(read_file(path));
    fill(text, "@VERSION@", "stepdown " STEPDOWN_VERSION);
    fill(text, "@MAN_OPTIONS@", man_options());
    fill(text, "@MAN_START@", man_start());
    fill(text, "@BASH_FLAGS@", bash_flags());
    fill(text, "@BASH_CASES@", bash_cases());
    return print(text);
}

int complain(std::string_view message) {
    write_stderr("stepdown_docs: " + std::string(message) + "\n");
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 2) return complain("usage: stepdown_docs TEMPLATE");
        const auto written = write_filled(argv[1]);
        return written ? 0 : complain(written.error().message);
    } catch (const std::exception& error) {
        return complain(error.what());
    }
}
