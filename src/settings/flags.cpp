// SPDX-License-Identifier: Apache-2.0

#include "stepdown/settings/flags.h"

#include "stepdown/base/text.h"
#include "stepdown/settings/typo.h"

#include "cli11.h"

#include <algorithm>
#include <vector>

namespace stepdown {
namespace {

Failure usage_error(std::string_view option, std::string_view reason) {
    return fail(MessageId::option_invalid, "cannot read the command line: option " + quote(option) + " " +
                                               std::string(reason) + ". See stepdown --help");
}

// "--user" of "--user=app".
std::string_view name_in(std::string_view word) {
    return word.starts_with("--") ? word.substr(0, word.find('=')) : word;
}

// Arguments that a container is started with come after ENTRYPOINT, and so before the name of a command that CMD lacks.
Failure unknown_option(std::string_view word) {
    constexpr std::string_view advice =
        " Options of a command come after its name. If CMD holds them alone, write ENTRYPOINT "
        "[\"stepdown\",\"--\",\"app\"] with its name for app";
    const OptionDeclaration* meant = closest_option(word);
    const std::string guess = meant == nullptr ? "" : concat({". Did you mean ", meant->long_flag(), "?"});
    return fail(MessageId::option_invalid, concat({"cannot read the command line: option ", quote(name_in(word)),
                                                   " is not known", guess.empty() ? "." : guess, advice}));
}

// "-user", which CLI11 takes for "-u ser".
bool is_long_flag_with_one_dash(std::string_view word) {
    if (word.size() < 3) return false;
    return std::any_of(option_table.begin(), option_table.end(),
                       [word](const auto& each) { return each.long_flag().substr(1) == word; });
}

// CLI11 takes no other words for that option.
bool may_name(std::string_view word, const OptionDeclaration& declared) {
    if (word.starts_with("--")) return name_in(word) == declared.long_flag();
    return word.size() > 1 && word[0] == '-' && word[1] == declared.short_flag();
}

// The end of the words that CLI11 is to see, which may be many fewer than the command has. An option has at most one
// value, so that the second of two words without a dash is no option, and no value either.
StringVector end_of_options(StringVector word) {
    const auto is_plain = [](const char* each) { return *each != '-'; };
    bool follows_plain = false;
    while (*word != nullptr && !(follows_plain && is_plain(*word))) follows_plain = is_plain(*word++);
    return word;
}

class FlagReader {
  public:
    explicit FlagReader(StringVector argv);

    Result<StringVector> read(FlagValues& values);

  private:
    void declare(const OptionDeclaration& declared, std::string& value);
    void store_value(const OptionDeclaration& declared, std::string_view value, std::string& stored);
    StringVector parse();
    [[nodiscard]] Failure in_our_words(const CLI::ParseError& error) const;

    StringVector option_;              // the word of the option that CLI11 reads now
    StringVector end_;                 // of the words that CLI11 sees
    std::vector<std::string> unread_;  // the last word first, because CLI11 takes words from the back
    CLI::App app_;
};

FlagReader::FlagReader(StringVector argv) : option_(argv + 1), end_(end_of_options(option_)) {
    unread_.assign(std::make_reverse_iterator(end_), std::make_reverse_iterator(option_));
    app_.set_help_flag();  // the table has --help as an option like any other
    app_.prefix_command();
}

// CLI11 calls back as soon as it has read a value, so that the first mistake from the left is the one that is reported.
void FlagReader::declare(const OptionDeclaration& declared, std::string& value) {
    const auto callback = [this, &declared, &value](const CLI::results_t& results) {
        store_value(declared, results.front(), value);
        return true;
    };
    app_.add_option(declared.flags, callback)->expected(declared.is_boolean() ? 0 : 1)->trigger_on_parse();
}

// CLI11 reads "--user= app" as "--user app" and "--strict={}" as "--strict", so a value in the option's own word is
// taken as it stands there. CLI11 also takes letters that are joined in one word. Those are refused, because they
// change their meaning when one letter more is an option. "-user" is refused as well.
void FlagReader::store_value(const OptionDeclaration& declared, std::string_view value, std::string& stored) {
    const std::string_view word(*option_);
    const bool is_long = word.starts_with("--");
    const bool is_joined = declared.is_boolean() && !is_long && word.size() > 2;
    if (is_joined || is_long_flag_with_one_dash(word)) throw CLI::ExtrasError({std::string(word)});
    const auto equals = is_long ? word.find('=') : std::string_view::npos;
    if (equals != std::string_view::npos) value = word.substr(equals + 1);
    if (value.empty()) throw CLI::ValidationError(std::string(word), "is empty");
    const bool adds = declared.repeated == Repeated::adds && !stored.empty();
    stored = adds ? concat({stored, "\n", value}) : std::string(value);
    option_ = end_ - unread_.size();
}

// Returns the place at which the command begins. CLI11 goes on at a word that is no option of the table, and keeps
// these words, "--", and the command in one list.
StringVector FlagReader::parse() {
    app_.parse(unread_);
    const std::vector<std::string> rest = app_.remaining();
    const StringVector command = end_ - rest.size();
    if (rest.empty() || rest.front() == "-" || !rest.front().starts_with('-')) return command;
    if (rest.front() == "--") return command + 1;
    throw CLI::ExtrasError(rest);
}

// The error is about the word at option_, unless unknown options stand before that word.
Failure FlagReader::in_our_words(const CLI::ParseError& error) const {
    const std::vector<std::string> unknown = app_.remaining();
    if (!unknown.empty()) return unknown_option(unknown.front());
    const std::string_view word(*option_);
    const CLI::Option* option = app_.get_option_no_throw(std::string(name_in(word)));
    const auto kind = static_cast<CLI::ExitCodes>(error.get_exit_code());
    if (kind == CLI::ExitCodes::ExtrasError || option == nullptr) return unknown_option(word);
    const bool is_missing = kind == CLI::ExitCodes::ArgumentMismatch && !word.ends_with('=');
    return usage_error(option->get_name(), is_missing ? "needs a value" : "has an empty value");
}

// CLI11 learns of no option that no word names: to declare the whole table would be the dearest part of a start.
Result<StringVector> FlagReader::read(FlagValues& values) {
    for (const OptionDeclaration& declared : option_table) {
        const auto names_it = [&declared](const char* word) { return may_name(word, declared); };
        if (std::any_of(option_, end_, names_it)) declare(declared, values[static_cast<std::size_t>(declared.option)]);
    }
    try {
        return parse();
    } catch (const CLI::ParseError& error) {
        return in_our_words(error);
    }
}

}  // namespace

Result<StringVector> read_flags(StringVector argv, FlagValues& values) {
    if (argv[1] == nullptr || *argv[1] != '-') return argv + 1;  // Most starts need no parser.
    return FlagReader(argv).read(values);
}

}  // namespace stepdown
