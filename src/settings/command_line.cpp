#include "stepdown/settings/command_line.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/near_miss.h"

#include <getopt.h>
#include <unistd.h>

#include <algorithm>

namespace stepdown {
namespace {

// By option; "" where one is not given: no value is empty. The data of a variable that is not there is null.
using Texts = std::array<std::string, option_count>;
using Variables = std::array<std::string_view, option_count>;

std::size_t index_of(const OptionDeclaration& declared) { return static_cast<std::size_t>(declared.option); }

Failure usage_error(std::string_view option, std::string_view reason) {
    return fail("cannot read the command line: option " + quote(option) + " " + std::string(reason) +
                ". See stepdown --help");
}

Failure unknown_option(std::string_view word) {
    const OptionDeclaration* meant = option_meant_by(word);
    const std::string_view name = word.starts_with("--") ? word.substr(0, word.find('=')) : word;
    if (meant == nullptr) return usage_error(name, "is not known");
    return fail("cannot read the command line: option " + quote(name) + " is not known. Did you mean " +
                std::string(meant->long_flag()) + "?");
}

// What getopt_long(3) is to answer for a long flag: less than any letter, and not 0.
int answer_for(const OptionDeclaration& declared) { return static_cast<int>(declared.option) + 1; }

// The option table in the form that getopt_long(3) takes.
struct GetoptTable {
    GetoptTable();
    std::string letters = "+:";  // "+": options end at the first word that is none; ":": a missing value is told by ':'
    std::array<::option, option_count + 1> names{};  // the last has no name
};

GetoptTable::GetoptTable() {
    for (const OptionDeclaration& declared : option_table) {
        const bool is_boolean = declared.is_boolean();
        names[index_of(declared)] = {declared.name(), is_boolean ? optional_argument : required_argument, nullptr,
                                     answer_for(declared)};
        if (declared.short_flag() == '\0') continue;
        letters += declared.short_flag();
        if (!is_boolean) letters += ':';
    }
}

// Null for what getopt_long(3) answers where it knows no such option.
const OptionDeclaration* option_answered(int answer) {
    const auto* found = std::find_if(option_table.begin(), option_table.end(), [answer](const auto& each) {
        return answer == answer_for(each) || answer == each.short_flag();
    });
    return found == option_table.end() ? nullptr : found;
}

// Neither an abbreviation nor letters joined in one word: getopt_long(3) takes both, and a word of them changes its
// meaning when there is another option.
bool is_spelt_out(const OptionDeclaration& declared, std::string_view word) {
    if (word.starts_with("--")) return word.substr(0, word.find('=')) == declared.long_flag();
    return word.size() == 2 || !declared.is_boolean();
}

// answer: what getopt_long(3) made of word.
Result<void> take_option(int answer, std::string_view word, Texts& texts) {
    const bool lacks_value = answer == ':';
    const OptionDeclaration* declared = option_answered(lacks_value ? optopt : answer);
    if (declared == nullptr || !is_spelt_out(*declared, word)) return unknown_option(word);
    if (lacks_value) return usage_error(declared->long_flag(), "needs a value");
    const std::string_view value = optarg == nullptr ? "true" : optarg;
    if (value.empty()) return usage_error(declared->long_flag(), "has an empty value");
    std::string& text = texts[index_of(*declared)];
    const bool adds = declared->repeated == Repeated::adds && !text.empty();
    text = adds ? concat({text, "\n", value}) : std::string(value);
    return {};
}

// Returns where the command's words begin.
Result<StringVector> read_flags(StringVector argv, Texts& texts) {
    if (argv[1] == nullptr || *argv[1] != '-') return argv + 1;  // most starts: no table is made for them
    const GetoptTable table;
    int count = 0;
    while (argv[count] != nullptr) ++count;
    optind = 0;  // from the start, whatever was read before
    while (true) {
        const char* word = argv[std::max(optind, 1)];
        const int answer = ::getopt_long(count, argv, table.letters.c_str(), table.names.data(), nullptr);
        if (answer == -1) return argv + optind;
        TRY(take_option(answer, word, texts));
    }
}

constexpr std::string_view common_prefix = "GOSU_";  // of all variables

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

bool is_variable_of_the_start(const CommandLine& line, const OptionDeclaration& declared) {
    const auto& given = line[declared.option];
    return declared.scope == Scope::start && given && given->origin == Origin::variable;
}

bool is_call(const CommandLine& line, Parent parent) {
    const auto& user = line[Option::user];
    if (!user || user->origin != Origin::flag || is_container_start(parent)) return false;
    return line.overrides_user || parent == Parent::other;
}

}  // namespace

Result<CommandLine> read_command_line(StringVector argv) {
    CommandLine line;
    line.command = argv;
    if (*argv == nullptr) return line;
    Texts flags;
    line.command = TRY(read_flags(argv, flags));
    const Variables variables = read_variables(environ);
    for (std::size_t i = 0; i < option_count; ++i) line.options[i] = given(option_table[i], flags[i], variables[i]);
    constexpr auto user = static_cast<std::size_t>(Option::user);
    line.overrides_user = !flags[user].empty() && !variables[user].empty();
    return line;
}

void decide_invocation(CommandLine& line, Parent parent) {
    if (!is_call(line, parent)) return;
    line.invocation = Invocation::call;
    for (const OptionDeclaration& declared : option_table) {
        if (!is_variable_of_the_start(line, declared)) continue;
        line.ignored.push_back(&declared);
        line.options[index_of(declared)].reset();
    }
}

bool has_variables_of_the_start(const CommandLine& line) {
    return std::any_of(option_table.begin(), option_table.end(),
                       [&line](const auto& declared) { return is_variable_of_the_start(line, declared); });
}

}  // namespace stepdown
