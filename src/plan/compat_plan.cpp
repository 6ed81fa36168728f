// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/compat_plan.h"

#include "stepdown/base/text.h"
#include "stepdown/launch/environment.h"
#include "stepdown/settings/shell_words.h"

#include <algorithm>
#include <string>
#include <vector>

namespace stepdown {
namespace {

class CompatPlanner {
  public:
    CompatPlanner(const Settings& settings, const PlanInputs& inputs, Plan& plan)
        : settings_(settings), inputs_(inputs), plan_(plan) {}

    void note_taken() {
        for (const Option option : compat_options) {
            const SettingName own = name_of(option, Origin::variable);
            const auto& given = settings_.raw_value(option);
            if (!given || given->origin == Origin::flag || settings_.names.as_given(option) == own) continue;
            plan_.notes.push_back(concat({"the value of ", own, " comes from ", given->label}));
        }
    }

    void check_extra_paths() {
        const std::string_view paths = variable("CHOWN_EXTRA");
        const auto& chown = settings_.raw_value(Option::chown);
        if (paths.empty() || (chown && chown->origin == Origin::flag)) return;
        if (is_recursive(variable("CHOWN_EXTRA_OPTS"))) return;
        const std::vector<std::string> extra = split_list(paths);
        if (std::all_of(extra.begin(), extra.end(), [&](const std::string& path) { return is_listed(path); })) return;
        not_honoured("CHOWN_EXTRA", paths,
                     "CHOWN_EXTRA_OPTS does not hold -R, without which CHOWN_EXTRA does not count. Set "
                     "CHOWN_EXTRA_OPTS=-R");
    }

    // A home that is listed already is the remedy.
    void check_home() {
        const std::string_view wish = variable("CHOWN_HOME");
        const auto& entry = plan_.identity.entry;
        if (parse_boolean(wish) != std::optional(true) || !entry || entry->home.empty()) return;
        if (is_listed(entry->home)) return;
        not_honoured("CHOWN_HOME", wish,
                     concat({"no home is changed that is not listed. Add ", quote(entry->home), " to ",
                             settings_.names[Option::chown]}));
    }

    // Jupyter's images set NB_USER to the name of their account.
    void check_user() {
        const std::string_view name = variable("NB_USER");
        const auto& entry = plan_.identity.entry;
        std::string_view spec = settings_.user ? std::string_view(settings_.user->value) : "";
        if (name.empty() || name == pop_piece(spec, ':') || (entry && name == entry->name)) return;
        not_honoured("NB_USER", name,
                     concat({"no account is renamed. Name a user of the image in ", settings_.names[Option::user],
                             ", and leave NB_USER out"}));
    }

  private:
    [[nodiscard]] bool is_listed(std::string_view path) const {
        const auto& listed = settings_.chown.operands;
        return std::any_of(listed.begin(), listed.end(), [path](const Operand& each) { return each.path == path; });
    }

    // "" for one that is not set.
    [[nodiscard]] std::string_view variable(std::string_view name) const {
        return find_variable(inputs_.environment, name).value_or("");
    }

    void not_honoured(std::string_view name, std::string_view value, std::string_view reason) {
        auto& messages = settings_.strictness == Strictness::strict ? plan_.errors : plan_.warnings;
        messages.push_back(mistake_in(Option::compat, MessageId::settings_ignored,
                                      concat({"cannot honour ", name, "=", quote(value), ": ", reason})));
    }

    const Settings& settings_;
    const PlanInputs& inputs_;
    Plan& plan_;
};

}  // namespace

[[gnu::cold]] void decide_compat(const Settings& settings, const PlanInputs& inputs, Plan& plan) {
    if (plan.identity.uid == 0 || (inputs.process.uid != 0 && !plan.credentials)) return;
    CompatPlanner planner(settings, inputs, plan);
    planner.note_taken();
    if (settings.compat != Compat::jupyter) return;
    planner.check_extra_paths();
    planner.check_home();
    planner.check_user();
}

}  // namespace stepdown
