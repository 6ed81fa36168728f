#include "stepdown/settings/command_line.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/near_miss.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace stepdown {
namespace {

// Every option with its value, so that CLI11 never has to guess whether a word is a value, and where they end.
struct OptionWord {
    const OptionDeclaration* declared;
    std::string value;
};
struct OptionWords {
    std::vector<OptionWord> options;
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

Result<OptionWord> read_long(std::string_view word, StringVector& next) {
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto& option = *TRY(find_option(name, [name](const auto& each) { return each.long_flag() == name; }));
    std::optional<std::string_view> attached;
    if (equals != std::string_view::npos) attached = word.substr(equals + 1);
    return OptionWord{&option, TRY(value_of(option, attached, next))};
}

Result<OptionWord> read_short(std::string_view word, StringVector& next) {
    const char letter = word[1];
    const auto& option = *TRY(find_option(word, [letter](const auto& each) { return each.short_flag() == letter; }));
    std::optional<std::string_view> attached;
    if (word.size() > 2) attached = word.substr(2);
    if (attached && option.is_boolean()) return unknown_option(word);
    return OptionWord{&option, TRY(value_of(option, attached, next))};
}

Result<OptionWords> split_options(StringVector words) {
    OptionWords split;
    while (*words != nullptr) {
        const std::string_view word(*words);
        if (word.size() < 2 || word[0] != '-') break;
        ++words;
        if (word == "--") break;
        split.options.push_back(word[1] == '-' ? TRY(read_long(word, words)) : TRY(read_short(word, words)));
    }
    split.command = words;
    return split;
}

constexpr std::string_view common_prefix = "GOSU_";  // of all variables

// By option; "" where one is not given: no value is empty. The data of a variable that is not there is null.
using Texts = std::array<std::string, option_count>;
using Variables = std::array<std::string_view, option_count>;

// The table has help as an option like any other; that which CLI::App's other constructors make would be taken back.
struct AppWithoutHelp : CLI::App {
    AppWithoutHelp() : CLI::App("", "", nullptr) {}
};

// By its long flag alone, by which the words name it.
void declare(CLI::App& app, const OptionDeclaration& declared, std::string& text) {
    const std::string flag(declared.long_flag());
    if (app.get_option_no_throw(flag) != nullptr) return;
    app.add_option(flag, text)
        ->multi_option_policy(declared.repeated == Repeated::adds ? CLI::MultiOptionPolicy::Join
                                                                  : CLI::MultiOptionPolicy::TakeLast);
}

// CLI11's part: what the flags add up to. The values are kept as text: their meaning is read elsewhere, so that every
// message is ours. CLI11 is told of no other options than those that are there: its whole table would be the dearest
// thing of a start.
Result<void> read_flags(const std::vector<OptionWord>& options, Texts& texts) {
    if (options.empty()) return {};
    AppWithoutHelp app;
    std::vector<std::string> words;
    for (const auto& [declared, value] : options) {
        words.push_back(std::string(declared->long_flag()) + "=" + value);
        declare(app, *declared, texts[static_cast<std::size_t>(declared->option)]);
    }
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(words));
    } catch (const CLI::Error& error) {
        return fail(std::string("cannot read the command line: ") + escape(error.what()));
    }
    return {};
}

// The option whose variable has that name; option_count for none.
std::size_t option_of_variable(std::string_view name) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(),
                                     [name](const auto& each) { return name == each.variable; });
    return static_cast<std::size_t>(found - option_table.begin());
}

// What the variables say, by one look at the environment; of several of one name the first counts (getenv(3)).
Variables read_variables(StringVector environment) {
    Variables texts;
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry(*environment);
        const auto equals = entry.find('=');
        if (!entry.starts_with(common_prefix) || equals == std::string_view::npos) continue;
        const std::size_t option = option_of_variable(entry.substr(0, equals));
        if (option == option_count || texts[option].data() != nullptr) continue;
        texts[option] = entry.substr(equals + 1);
    }
    return texts;
}

std::optional<Given> given(const OptionDeclaration& declared, const std::string& flag, std::string_view variable) {
    if (!flag.empty()) return Given{flag, Origin::flag, std::string(declared.long_flag()) + "=" + quote(flag)};
    if (variable.empty()) return std::nullopt;
    return Given{std::string(variable), Origin::variable, std::string(declared.variable) + "=" + quote(variable)};
}

// A user by flag over one by variable.
Occasion occasion_of(const Texts& flags, const Variables& variables) {
    constexpr auto user = static_cast<std::size_t>(Option::user);
    return flags[user].empty() || variables[user].empty() ? Occasion::start : Occasion::call;
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
    const OptionWords words = TRY(split_options(argv + 1));
    line.command = words.command;
    Texts flags;
    TRY(read_flags(words.options, flags));
    const Variables variables = read_variables(environ);
    for (std::size_t i = 0; i < option_count; ++i) line.options[i] = given(option_table[i], flags[i], variables[i]);
    line.occasion = occasion_of(flags, variables);
    if (line.occasion == Occasion::call) forget_variables_of_the_start(line);
    return line;
}

}  // namespace stepdown
