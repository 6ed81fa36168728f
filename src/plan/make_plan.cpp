// SPDX-License-Identifier: Apache-2.0

#include "stepdown/plan/make_plan.h"

#include "stepdown/base/append.h"
#include "stepdown/base/text.h"
#include "stepdown/plan/account_plan.h"
#include "stepdown/plan/capability_plan.h"
#include "stepdown/plan/compat_plan.h"
#include "stepdown/plan/environment_plan.h"
#include "stepdown/plan/group_warnings.h"
#include "stepdown/plan/needed_capabilities.h"
#include "stepdown/plan/new_ids.h"
#include "stepdown/plan/passwd_name_plan.h"
#include "stepdown/plan/preparation_plan.h"
#include "stepdown/plan/root_settings.h"
#include "stepdown/plan/unprivileged.h"
#include "stepdown/plan/user_hint.h"
#include "stepdown/settings/typo.h"

#include <utility>

namespace stepdown {
namespace {

// Builds the plan stage by stage; each stage reads what the ones before it decided.
class Planner {
  public:
    Planner(const Settings& settings, const PlanInputs& inputs)
        : settings_(settings), inputs_(inputs), process_(inputs.process) {}

    Plan make() {
        plan_.names = settings_.names;
        plan_.command = settings_.command;
        plan_.path = split_path(find_variable(inputs_.environment, "PATH").value_or(default_path));
        plan_.umask = settings_.umask;
        plan_.no_new_privileges = settings_.no_new_privileges;
        plan_.warnings = typo_warnings(inputs_.environment);
        plan_.errors = settings_.mistakes;
        decide_user();
        decide_groups();
        if (plan_.is_user_known) decide_for_user();
        decide_unprivileged(settings_, process_, plan_);
        decide_directories(settings_, process_, plan_);
        if (!stays_ || !plan_.is_user_known) decide_ownership(settings_, process_, plan_);
        decide_capabilities(settings_, process_, plan_);
        if (!plan_.errors.empty()) name_needed_capabilities(missing_, settings_, process_, plan_);
        if (settings_.compat) decide_compat(settings_, inputs_, plan_);
        return std::move(plan_);
    }

  private:
    // The accounts as they are when the account has its new ids.
    [[nodiscard]] const Accounts& accounts() const { return renumbering_ ? renumbering_->accounts : inputs_.accounts; }

    // The user that the process is, whatever was asked for.
    void stay() {
        renumbering_.reset();
        auto entry = inputs_.accounts.user_with(process_.uid);
        const auto group = inputs_.accounts.group_with(process_.gid);
        plan_.identity = {process_.uid, process_.gid, std::move(entry), group ? group->name : ""};
        plan_.groups = {};
        plan_.groups_kept = true;
        stays_ = true;
        decide_entry();
    }

    // Not known, because of a mistake: as the process, so that what depends on no user can still be looked at.
    void leave_user_open() {
        stay();
        entry_.reset();
        plan_.is_user_known = false;
    }

    // Returns false if a mistake leaves the ids open.
    bool decide_new_ids() {
        if (!settings_.uid && !settings_.gid) return true;
        auto renumbering = decide_renumbering(settings_, inputs_.accounts);
        if (!renumbering) return skip_new_ids(renumbering.error());
        renumbering_ = *std::move(renumbering);
        return true;
    }

    bool skip_new_ids(const Error& error) {
        const bool may_skip = are_ids_skippable(settings_, process_, error);
        if (may_skip) append(unresolved_, labels_of_new_ids(settings_));
        if (!may_skip) append(plan_.errors, renumbering_mistakes(settings_, inputs_.accounts));
        return may_skip;
    }

    void decide_user() {
        if (!decide_new_ids()) return leave_user_open();
        if (!settings_.user && process_.uid == 0) refuse_without_user(inputs_, plan_);
        if (!settings_.user) return process_.uid == 0 ? leave_user_open() : stay();
        spec_ = parse_user_spec(settings_.user->value);
        auto identity = resolve_user(spec_, accounts(), process_.uid);
        if (!identity) return do_without(identity.error());
        plan_.identity = *std::move(identity);
        plan_.is_renumberable = spec_.user && std::holds_alternative<SpecName>(*spec_.user) && !spec_.group;
        decide_entry();
    }

    void do_without(const Error& reasons) {
        const auto skipped = refuse_unless_skipped(settings_, process_, reasons, accounts());
        if (skipped) return stay();
        add_mistakes(plan_.errors, Option::user, skipped.error());
        leave_user_open();
    }

    void decide_for_user() {
        decide_credentials();
        decide_account_files();
        decide_environment();
        decide_stdio(settings_, process_, plan_);
    }

    // Before the groups, which may list its name.
    void decide_entry() {
        entry_.reset();
        if (plan_.identity.entry || !settings_.passwd_name) return;
        const std::string home = home_without_entry(settings_, inputs_, plan_.identity.uid);
        entry_ = decide_new_entry(settings_, plan_.identity, home, accounts());
        if (!*entry_ || !(*entry_)->user) return;
        plan_.identity.entry = (*entry_)->user;
        plan_.identity.group_name = (*entry_)->group_name;
    }

    [[nodiscard]] bool uid_changes() const { return plan_.identity.uid != process_.uid; }

    void decide_groups() {
        const auto named = groups_that_are_named();  // a list that is badly written is refused in any case
        if (stays_) return;
        plan_.groups_kept = !uid_changes() && !named;
        if (plan_.groups_kept) return;
        if (settings_.groups && settings_.groups->entries.empty()) return;
        const gid_t primary = plan_.identity.gid;
        if (!spec_.group) add_groups(plan_.groups, groups_of_account(plan_.identity, accounts()), primary);
        if (settings_.invocation == Invocation::entrypoint) add_groups(plan_.groups, groups_of_start(), primary);
        if (named) add_groups(plan_.groups, *named, primary);
        if (!plan_.groups.absent.empty()) append(plan_.notes, notes_of_absent_groups(plan_.groups, settings_));
    }

    // Nothing: no groups are set, or what is set is skipped, or the start ends because of it.
    std::optional<Groups> groups_that_are_named() {
        if (!settings_.groups) return std::nullopt;
        auto named = groups_of_setting(settings_.groups->entries, accounts(), settings_.names[Option::groups]);
        if (named) return *std::move(named);
        const auto skipped = refuse_groups(settings_, process_, accounts());
        if (skipped) unresolved_.push_back(settings_.groups->given.label);
        if (!skipped) add_mistakes(plan_.errors, Option::groups, skipped.error());
        return std::nullopt;
    }

    // Judged by the file as it was when the process got them, before the gid setting changes it.
    [[nodiscard]] Groups groups_of_start() const {
        Groups groups = groups_of_container({process_.gid, process_.groups}, inputs_.accounts);
        const bool is_any_systems = !groups.members.empty() && is_system_gid(groups.members.front().gid);
        if (is_any_systems && inputs_.group_file_is_apart()) ignore_hidden_groups(groups);
        return groups;
    }

    void decide_credentials() {
        if (stays_) return skip(labels_for_root(settings_));
        const bool gid_changes = plan_.identity.gid != process_.gid;
        std::vector<gid_t> groups = gids_of(plan_.groups);
        const bool groups_change = !plan_.groups_kept && groups != groups_to_compare();
        if (!uid_changes() && !gid_changes && !groups_change) return skip(unresolved_);
        missing_ = missing_capabilities(process_, uid_changes(), gid_changes || groups_change);
        if (!missing_.empty()) return give_up_changing();
        skip(unresolved_);
        plan_.credentials = {process_.uid, plan_.identity.uid, plan_.identity.gid, std::nullopt};
        if (!groups_change) return;
        plan_.credentials->groups = std::move(groups);
        append(plan_.warnings, warnings_of_lost_groups(plan_.groups, plan_.identity.gid, settings_));
    }

    // Engines repeat the primary gid among the groups. That is set right where it can be, and no reason to complain
    // where it cannot.
    [[nodiscard]] std::vector<gid_t> groups_to_compare() const {
        std::vector<gid_t> groups = process_.groups;
        if (!process_.effective.has(cap_setgid)) std::erase(groups, plan_.identity.gid);
        return groups;
    }

    void give_up_changing() {
        if (process_.uid == 0 || settings_.user->origin == Origin::flag) {
            return plan_.errors.push_back(mistake_in(Option::user, MessageId::capability_missing,
                                                     cannot_change_user(missing_, settings_, process_)));
        }
        stay();
        skip(labels_for_root(settings_));
    }

    void skip(const std::vector<std::string>& labels) { note_skipped(labels, settings_, process_, plan_); }

    // Only what was decided last counts: the user may have had to stay after all.
    void decide_account_files() {
        plan_.accounts.strictness = settings_.strictness;
        if (renumbering_) {
            plan_.accounts.edits = renumbering_->edits;
            append(plan_.notes, renumbering_->notes);
            append(plan_.warnings, renumbering_->warnings);
            note_not_honoured(renumbering_->not_honoured);
        }
        if (!entry_) return;
        if (!*entry_) return add_mistakes(plan_.errors, Option::passwd_name, entry_->error());
        append(plan_.accounts.edits, (*entry_)->edits);
        append(plan_.warnings, (*entry_)->warnings);
        note_not_honoured((*entry_)->not_honoured);
    }

    void note_not_honoured(const std::vector<Message>& messages) {
        append(settings_.strictness == Strictness::strict ? plan_.errors : plan_.warnings, messages);
    }

    void decide_environment() {
        plan_.environment = environment_for(settings_, inputs_, plan_.identity.uid, plan_.identity.entry);
        if (!adds_user(plan_.accounts.edits)) return;
        plan_.environment_without_entry = environment_for(settings_, inputs_, plan_.identity.uid, std::nullopt);
    }

    const Settings& settings_;
    const PlanInputs& inputs_;
    const Process& process_;
    UserSpec spec_;
    std::optional<Renumbering> renumbering_;
    std::optional<Result<NewEntry>> entry_;
    std::vector<std::string> missing_;     // capabilities, for want of which the ids cannot change
    std::vector<std::string> unresolved_;  // labels of what this process skips, since it cannot be resolved
    Plan plan_;
    bool stays_ = false;  // nothing of the user setting can be done, or none was asked for
};

// A function of its own: other starts have no copy of the settings on their stack, and pay for no page of it.
[[gnu::cold, gnu::noinline]] Plan make_plan_of_root(const Settings& settings, const PlanInputs& inputs) {
    const auto for_root = settings_for_root(settings, inputs.process);
    if (!for_root) return Planner(settings, inputs).make();
    Plan plan = Planner(for_root->settings, inputs).make();
    plan.warnings.push_back({MessageId::settings_skipped, for_root->warning});
    return plan;
}

}  // namespace

Plan make_plan(const Settings& settings, const PlanInputs& inputs) {
    if (becomes_root(settings, inputs.process)) return make_plan_of_root(settings, inputs);
    return Planner(settings, inputs).make();
}

}  // namespace stepdown
