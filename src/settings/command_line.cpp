#include "stepdown/settings/command_line.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/near_miss.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <vector>

namespace stepdown {
namespace {

// Every option as --long=value, so that CLI11 never has to guess whether a word is a value, and where they end.
struct OptionWords {
    std::vector<std::string> normalized;
    StringVector command = nullptr;
};

Failure usage_error(std::string_view option, std::string_view reason) {
    return fail("cannot read the command line: option " + quote(option) + " " + std::string(reason) +
                ". See stepdown --help");
}

Failure unknown_option(std::string_view word) {
    const OptionDeclaration* meant = option_meant_by(word);
    if (meant == nullptr) return usage_error(word, "is not known");
    return fail("cannot read the command line: option " + quote(word) + " is not known. Did you mean " +
                std::string(meant->long_flag()) + "?");
}

template <typename Matches>
Result<const OptionDeclaration*> find_option(std::string_view word, Matches matches) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(), matches);
    if (found == option_table.end()) return unknown_option(word);
    return found;
}

// Takes the value of an option from what is attached to it, else from the next word.
Result<std::string> value_of(const OptionDeclaration& option, std::optional<std::string_view> attached,
                             StringVector& next) {
    if (option.is_boolean() && !attached) return std::string("true");
    if (!attached && *next == nullptr) return usage_error(option.long_flag(), "needs a value");
    std::string value(attached ? *attached : std::string_view(*next++));
    if (value.empty()) return usage_error(option.long_flag(), "has an empty value");
    return value;
}

Result<std::string> normalize_long(std::string_view word, StringVector& next) {
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto& option = *TRY(find_option(name, [name](const auto& each) { return each.long_flag() == name; }));
    std::optional<std::string_view> attached;
    if (equals != std::string_view::npos) attached = word.substr(equals + 1);
    return std::string(name) + "=" + TRY(value_of(option, attached, next));
}

Result<std::string> normalize_short(std::string_view word, StringVector& next) {
    const char letter = word[1];
    const auto& option = *TRY(find_option(word, [letter](const auto& each) { return each.short_flag() == letter; }));
    std::optional<std::string_view> attached;
    if (word.size() > 2) attached = word.substr(2);
    if (attached && option.is_boolean()) return unknown_option(word);
    return std::string(option.long_flag()) + "=" + TRY(value_of(option, attached, next));
}

Result<OptionWords> split_options(StringVector words) {
    OptionWords split;
    while (*words != nullptr) {
        const std::string_view word(*words);
        if (word.size() < 2 || word[0] != '-') break;
        ++words;
        if (word == "--") break;
        split.normalized.push_back(word[1] == '-' ? TRY(normalize_long(word, words))
                                                  : TRY(normalize_short(word, words)));
    }
    split.command = words;
    return split;
}

// CLI11's view of the table. The values are kept as text: their meaning is read elsewhere, so that a variable with a
// bad value cannot break --help, and every message is ours.
class Parser {
  public:
    Parser() {
        app_.set_help_flag();  // none: help is an option like any other
        for (const OptionDeclaration& declared : option_table) {
            auto* option = app_.add_option(declared.flags, value(declared.option));
            option->envname(declared.variable);
            option->multi_option_policy(declared.repeated == Repeated::adds ? CLI::MultiOptionPolicy::Join
                                                                            : CLI::MultiOptionPolicy::TakeLast);
        }
    }

    Result<void> parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
        try {
            app_.parse(std::move(words));
        } catch (const CLI::Error& error) {
            return fail(std::string("cannot read the command line: ") + escape(error.what()));
        }
        return {};
    }

    // Variables and flags look alike once parsed; only parse_order tells what stood on the command line.
    std::optional<Given> given(const OptionDeclaration& declared) {
        const auto* option = app_.get_option(std::string(declared.long_flag()));
        if (option->count() == 0) return std::nullopt;
        const auto& flags = app_.parse_order();
        const bool is_flag = std::find(flags.begin(), flags.end(), option) != flags.end();
        const std::string name(is_flag ? declared.long_flag() : declared.variable);
        const std::string& text = value(declared.option);
        return Given{text, is_flag ? Origin::flag : Origin::variable, name + "=" + quote(text)};
    }

  private:
    std::string& value(Option option) { return values_[static_cast<std::size_t>(option)]; }

    CLI::App app_;
    std::array<std::string, option_count> values_;
};

bool is_set(const char* variable) {
    const char* value = ::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
    return value != nullptr && *value != '\0';
}

Occasion occasion_of(const CommandLine& line) {
    const auto& user = line[Option::user];
    const bool by_flag = user && user->origin == Origin::flag;
    const auto& declared = option_table[static_cast<std::size_t>(Option::user)];
    return by_flag && is_set(declared.variable) ? Occasion::call : Occasion::start;
}

void forget_variables_of_the_start(CommandLine& line) {
    for (const OptionDeclaration& declared : option_table) {
        auto& given = line.options[static_cast<std::size_t>(declared.option)];
        if (declared.scope == Scope::start && given && given->origin == Origin::variable) given.reset();
    }
}

}  // namespace

Result<CommandLine> read_command_line(StringVector argv) {
    CommandLine line;
    line.command = argv;
    if (*argv == nullptr) return line;
    OptionWords words = TRY(split_options(argv + 1));
    line.command = words.command;
    Parser parser;
    TRY(parser.parse(std::move(words.normalized)));
    for (const OptionDeclaration& declared : option_table) {
        line.options[static_cast<std::size_t>(declared.option)] = parser.given(declared);
    }
    line.occasion = occasion_of(line);
    if (line.occasion == Occasion::call) forget_variables_of_the_start(line);
    return line;
}

}  // namespace stepdown
