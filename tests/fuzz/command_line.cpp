// SPDX-License-Identifier: Apache-2.0
// The command line and the environment. The input is what a shell has before it: assignments, then argv; each word ends
// with a NUL byte.
#include "stepdown/settings/command_line.h"

#include "stepdown/settings/compat_variables.h"
#include "stepdown/settings/settings.h"
#include "stepdown/settings/shell_words.h"

#include "fuzz/command_line_model.h"
#include "fuzz/oracle.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>

namespace {

using namespace stepdown;
using namespace stepdown::fuzz;

// The variables of other images: for uid, gid and umask, and then for the chown.
const std::map<std::string, std::vector<std::string>> compat_variables{
    {"linuxserver", {"PUID", "PGID", "UMASK"}},
    {"jupyter", {"NB_UID", "NB_GID", "NB_UMASK", "CHOWN_EXTRA", "CHOWN_EXTRA_OPTS"}}};

bool is_read(const std::string& name) {
    return name.starts_with("GOSU_") ||
           std::any_of(compat_variables.begin(), compat_variables.end(), [&name](const auto& each) {
               return std::find(each.second.begin(), each.second.end(), name) != each.second.end();
           });
}

// Variables that are set while it lives.
class Variables {
  public:
    explicit Variables(const std::vector<std::string>& assignments) {
        for (const std::string& each : assignments) {
            const auto equals = each.find('=');
            const std::string name = each.substr(0, equals);
            if (!is_read(name)) continue;
            ::setenv(name.c_str(), each.c_str() + equals + 1, 1);
            values_[name] = each.substr(equals + 1);
        }
    }
    Variables(const Variables&) = delete;
    Variables& operator=(const Variables&) = delete;
    ~Variables() {
        for (const auto& [name, value] : values_) ::unsetenv(name.c_str());
    }
    // "" for one that is not set: to a setting it is the same.
    [[nodiscard]] std::string operator[](const std::string& name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? "" : found->second;
    }

  private:
    std::map<std::string, std::string> values_;
};

Invocation add_variables(Values& values, const Variables& variables) {
    const bool is_call = values.contains(Option::user) && !variables["GOSU_USER"].empty();
    for (const auto& each : option_table) {
        const std::string value = variables[each.variable];
        const bool is_heard = !is_call || each.scope == Honoured::always;
        if (!value.empty() && is_heard) values.insert({each.option, {value, Origin::variable}});
    }
    return is_call ? Invocation::call : Invocation::entrypoint;
}

// The paths of the chown with those of CHOWN_EXTRA; a text that cannot be read alone stays alone.
std::string joined_paths(const std::string& own, std::string extra) {
    std::replace(extra.begin(), extra.end(), ',', ' ');
    if (!own.empty() && !split_words(own)) return own;
    return own.empty() || !split_words(extra) ? extra : own + " " + extra;
}

// chown(1) is recursive by one long word, or by a letter among others after one dash.
bool makes_chown_recursive(const std::string& options) {
    std::string word;
    for (const char c : options + " ") {
        if (c != ' ' && c != '\t' && c != '\n') {
            word += c;
            continue;
        }
        const bool has_letters = word.size() > 1 && word[0] == '-' && word[1] != '-';
        if (word == "--recursive" || (has_letters && word.find('R') != std::string::npos)) return true;
        word.clear();
    }
    return false;
}

// A value of stepdown's own stands against each of them, but for the paths.
void add_compat_values(Values& values, const Variables& variables) {
    const auto asked = values.find(Option::compat);
    const auto found = compat_variables.find(asked == values.end() ? "" : asked->second.text);
    if (found == compat_variables.end()) return;
    constexpr std::array options{Option::uid, Option::gid, Option::umask};
    for (std::size_t i = 0; i < options.size(); ++i) {
        const std::string value = variables[found->second[i]];
        if (!value.empty()) values.insert({options[i], {value, Origin::variable}});
    }
    const std::string extra = found->first == "jupyter" ? variables["CHOWN_EXTRA"] : "";
    const auto own = values.find(Option::chown);
    const bool is_flag = own != values.end() && own->second.origin == Origin::flag;
    if (extra.empty() || !makes_chown_recursive(variables["CHOWN_EXTRA_OPTS"]) || is_flag) return;
    const std::string text = joined_paths(own == values.end() ? "" : own->second.text, extra);
    values[Option::chown] = {text, Origin::variable};
}

void check_line(const CommandLine& line, const Values& values, Invocation invocation) {
    expect(line.invocation == invocation, "a start is no call");
    for (const auto& each : option_table) {
        const auto& given = line[each.option];
        const auto meant = values.find(each.option);
        expect(given.has_value() == (meant != values.end()), "an option has a value where one was given", {each.flags});
        if (!given) continue;
        expect(given->value == meant->second.text, "the value is the one that was given",
               {each.flags, given->value, meant->second.text});
        expect(given->origin == meant->second.origin, "a flag is no variable", {each.flags});
        expect(is_clean(given->label), "the label can be printed", {given->label});
    }
}

template <typename T>
void expect_verdict(const Result<T>& result, bool is_good, std::string_view what) {
    expect(result.has_value() == is_good, what, {result ? "taken" : result.error().message});
    if (!result) expect(is_clean(result.error().message), "a refusal is one line", {result.error().message});
}

// A mistake hides no other one, and each is said once.
void check_mistakes(Mistakes mistakes, const std::set<Option>& wrong) {
    sort_by_option(mistakes);
    std::set<Option> found;
    for (const Message& each : mistakes) {
        const auto option = static_cast<Option>(each.place);
        expect(wrong.contains(option), "a setting is taken where it is good", {each.text});
        expect(found.insert(option).second || option == Option::caps, "a bad value is one mistake", {each.text});
        expect(is_clean(each.text), "a refusal is one line", {each.text});
    }
    expect(found == wrong, "every bad value is found");
    if (mistakes.empty()) return;
    const Error error = refuse_mistakes(mistakes).value();
    expect(error.count() == mistakes.size(), "every mistake is reported");
    for (std::size_t i = 0; i < error.count(); ++i) {
        expect(error.at(i).message == mistakes[i].text, "mistakes are reported in order", {error.at(i).message});
    }
}

void check_settings(const CommandLine& line, const Values& values) {
    const Judge judge(values);
    const Settings settings = read_settings(line);
    check_mistakes(settings.mistakes, judge.mistakes(*line.command != nullptr));
    const auto help = is_asked_for(line, Option::help);
    expect_verdict(help, judge.is_boolean(Option::help), "help is asked for by a boolean");
    expect(!help || *help == judge.is_true(Option::help), "help is shown where it was asked for");
    if (!settings.mistakes.empty()) return;
    expect((settings.run == Run::dry) == judge.is_dry_run(), "a dry run is asked for");
    expect((settings.page == PageFormat::json) == judge.is_json(), "the page is JSON if asked for");
    expect((settings.strictness == Strictness::strict) == judge.is_true(Option::strict), "strict is asked for");
    expect(settings.no_new_privileges == judge.is_true(Option::no_new_privs), "no_new_privs is set if asked for");
    expect(settings.home.value_or("") == judge.text(Option::home, ""), "the home is the one that was given");
    const std::string mode = judge.text(Option::umask, "");
    expect(settings.umask.has_value() == !mode.empty(), "a umask is set where one was given");
    if (settings.umask) expect(*settings.umask == std::stoul(mode, nullptr, 8), "the umask is that one", {mode});
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    auto words = cut({reinterpret_cast<const char*>(data), size}, std::string_view("\0", 1));
    if (words.back().empty()) words.pop_back();
    const auto start = std::find_if(words.begin(), words.end(),
                                    [](const std::string& word) { return word.find('=') == std::string::npos; });
    const std::vector<std::string> assignments(words.begin(), start);
    words.erase(words.begin(), start);

    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const Variables variables(assignments);
    auto meant = read_argv(words);
    auto line = read_command_line(argv.data());
    expect_verdict(line, meant.has_value(), "the words are taken where the grammar takes them");
    if (!line || words.empty()) return 0;
    decide_invocation(*line, Parent::outside);
    if (line->has(Option::compat)) add_compat_variables(*line);
    expect(line->command == argv.data() + meant->command, "the command begins after the options");
    const Invocation invocation = add_variables(meant->values, variables);
    add_compat_values(meant->values, variables);
    check_line(*line, meant->values, invocation);
    check_settings(*line, meant->values);
    return 0;
}
