// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/root_settings.h"

#include "stepdown/base/text.h"
#include "stepdown/identity/spec.h"
#include "stepdown/system/user_namespace.h"

#include <array>
#include <string_view>
#include <vector>

namespace stepdown {
namespace {

struct Preparation {
    Option option;
    std::string_view flag;  // that does it for root; "" for none, since root keeps its ids
};

constexpr std::array<Preparation, 6> preparations{{{Option::uid, ""},
                                                   {Option::gid, ""},
                                                   {Option::passwd_name, "--passwd-name"},
                                                   {Option::mkdir, "-m"},
                                                   {Option::chown, "-c"},
                                                   {Option::home, "--home"}}};

bool is_root(const Settings& settings) {
    if (!settings.user) return false;
    const auto user = parse_user_spec(settings.user->value).user;
    return user == SpecPart(SpecName{"root"}) || user == SpecPart(SpecNumber{"0"});
}

void leave_out(Settings& settings, Option option) {
    switch (option) {
        case Option::uid: return settings.uid.reset();
        case Option::gid: return settings.gid.reset();
        case Option::passwd_name: return settings.passwd_name.reset();
        case Option::mkdir: return settings.directories.clear();
        case Option::chown:
            settings.chown.operands.clear();
            settings.chown.excluded = {};
            return;
        case Option::home: return settings.home.reset();
        default: return;
    }
}

}  // namespace

bool becomes_root(const Settings& settings, const Process& process) {
    const bool may_become_root = process.uid == 0 || process.effective.has(cap_setuid);
    return may_become_root && is_root(settings);
}

std::optional<RootSettings> settings_for_root(const Settings& settings, const Process& process) {
    if (!becomes_root(settings, process)) return std::nullopt;
    RootSettings for_root{settings, ""};
    std::vector<std::string> skipped;
    std::string flags;
    for (const auto& [option, flag] : preparations) {
        const auto& given = settings.raw_value(option);
        if (!given || given->origin != Origin::variable) continue;
        if (option == Option::mkdir && is_root_ordinary_outside()) continue;
        leave_out(for_root.settings, option);
        skipped.push_back(given->label);
        if (!flag.empty()) flags += concat({" ", flag, " ", quote(given->value)});
    }
    if (skipped.empty()) return std::nullopt;
    const std::string user = quote(settings.user->value);
    for_root.warning =
        concat({"the user is root, so what prepares for another user is skipped: ", join(skipped, ", ")});
    if (!flags.empty()) for_root.warning += concat({". To do it for root, give flags: -u ", user, flags});
    return for_root;
}

}  // namespace stepdown
