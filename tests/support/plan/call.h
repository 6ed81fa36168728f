// SPDX-License-Identifier: Apache-2.0
// One invocation of stepdown: its words, its whole environment, and its parent, as of docker exec by default.
#pragma once

#include "stepdown/settings/command_line.h"
#include "stepdown/settings/compat_variables.h"
#include "stepdown/settings/settings.h"

#include "support/kernel/strings.h"

#include <unistd.h>

#include <utility>

namespace stepdown::test {

// While it lives, this process's environment holds nothing but the variables.
class OnlyVariables {
  public:
    explicit OnlyVariables(StringVector variables) : before_(environ) {
        environ = const_cast<char**>(variables);  // NOLINT(cppcoreguidelines-pro-type-const-cast): its type is C's
    }
    OnlyVariables(const OnlyVariables&) = delete;
    OnlyVariables& operator=(const OnlyVariables&) = delete;
    ~OnlyVariables() { environ = before_; }

  private:
    char** before_;
};

class Call {
  public:
    explicit Call(std::vector<std::string> words, std::vector<std::string> variables = {},
                  Parent parent = Parent::outside)
        : argv_(with_name(std::move(words))), environment_(std::move(variables)), parent_(parent) {}

    [[nodiscard]] Result<CommandLine> line() const {
        const OnlyVariables only(environment_.data());
        CommandLine line = TRY(read_command_line(argv_.data()));
        decide_invocation(line, parent_);
        if (line.has(Option::compat)) add_compat_variables(line);
        return line;
    }
    // Errors: the mistakes in them.
    [[nodiscard]] Result<Settings> settings() const { return without_mistakes(read_settings(TRY(line()))); }
    [[nodiscard]] Result<LogSettings> log_settings() const { return without_mistakes(read_log_settings(TRY(line()))); }

  private:
    template <typename T>
    static Result<T> without_mistakes(T settings) {
        if (!settings.mistakes.empty()) return refuse_mistakes(std::move(settings.mistakes));
        return settings;
    }

    static std::vector<std::string> with_name(std::vector<std::string> words) {
        words.insert(words.begin(), "stepdown");
        return words;
    }

    Strings argv_;
    Strings environment_;
    Parent parent_;
};

// The message of what failed; "" where nothing did.
template <typename T>
std::string message_of(const Result<T>& result) {
    return result ? "" : result.error().message;
}

}  // namespace stepdown::test
