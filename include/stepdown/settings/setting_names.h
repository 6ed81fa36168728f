// SPDX-License-Identifier: Apache-2.0
// The names of all settings, as messages write them.
#pragma once

#include "stepdown/base/setting_name.h"
#include "stepdown/settings/command_line.h"

#include <cstdint>

namespace stepdown {

// The name of option by its flag ("--chown") or by its variable ("GOSU_CHOWN"); an option without a variable has its
// flag only.
[[nodiscard]] SettingName name_of(Option option, Origin origin);

// One bit per option, so that a plan can carry them.
class SettingNames {
  public:
    SettingNames() = default;  // every option by its variable

    // A setting that line has goes by the flag or the variable that the user wrote.
    // Of the others, those of the chown and mkdir go by the form in which chown is given. The rest go by the variable,
    // or by the flag if a call would ignore the variable.
    explicit SettingNames(const CommandLine& line);

    [[nodiscard]] SettingName operator[](Option option) const;

    // The same, but the variable of other images where one gives the option its value. It is the name to say what was
    // given. A remedy goes by stepdown's own name, which counts as well.
    [[nodiscard]] SettingName as_given(Option option) const;

    bool operator==(const SettingNames&) const = default;

  private:
    std::uint32_t flags_ = 0;  // the bit of each option that goes by its flag
    CompatNames compat_;
};

}  // namespace stepdown
