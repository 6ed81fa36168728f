#include "stepdown/plan/plan.h"

#include "stepdown/base/text.h"
#include "stepdown/plan/account_plan.h"
#include "stepdown/plan/capabilities.h"
#include "stepdown/plan/environment_plan.h"
#include "stepdown/plan/preparation_plan.h"
#include "stepdown/settings/near_miss.h"
#include "stepdown/settings/value_hint.h"

#include <utility>

namespace stepdown {
namespace {

// A path after an @ that exists is what was meant, and its spelling is no slip.
Failure refuse(const Given& given, const Error& reason) {
    const bool is_path = given.value.find('@') != std::string::npos;
    if (is_path && !is_missing(reason)) return fail("cannot use " + given.label + ": " + reason.message);
    return refuse_value(given, reason.message);
}

std::vector<gid_t> without(std::vector<gid_t> gids, gid_t primary) {
    std::erase(gids, primary);
    return gids;
}

template <typename T>
void append(std::vector<T>& all, const std::vector<T>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

// Builds the plan stage by stage; each stage reads what the ones before it decided.
class Planner {
  public:
    Planner(const Settings& settings, const Situation& situation)
        : settings_(settings), situation_(situation), process_(situation.process) {}

    Result<Plan> make() {
        plan_.command = settings_.command;
        plan_.path = split_path(find_variable(situation_.environment, "PATH").value_or(default_path));
        plan_.umask = settings_.umask;
        plan_.no_new_privileges = settings_.no_new_privileges;
        plan_.warnings = near_miss_warnings(situation_.environment);
        TRY(decide_user());
        decide_groups();
        decide_credentials();
        decide_account_files();
        decide_environment();
        decide_directories(settings_, process_, plan_);
        if (!stays_) decide_ownership(settings_, process_, plan_);
        decide_stdio(settings_, process_, plan_);
        decide_capabilities(settings_, process_, plan_);
        return std::move(plan_);
    }

  private:
    // As they are when the account has its new ids.
    [[nodiscard]] const Accounts& accounts() const {
        return renumbering_ ? renumbering_->accounts : situation_.accounts;
    }

    // The user that the process is, whatever was asked for.
    void stay() {
        renumbering_.reset();
        auto entry = situation_.accounts.user_with(process_.uid);
        const auto group = situation_.accounts.group_with(process_.gid);
        plan_.identity = {process_.uid, process_.gid, std::move(entry), group ? group->name : ""};
        plan_.groups = {};
        plan_.groups_kept = true;
        stays_ = true;
        decide_entry();
    }

    Result<void> decide_user() {
        renumbering_ = TRY(decide_renumbering(settings_, situation_.accounts));
        if (!settings_.user && process_.uid == 0) {
            plan_.obstacles.emplace_back(
                "cannot start: no user is set, and running as root must be asked for by name. "
                "Write GOSU_USER=1000:1000 or another user, or GOSU_USER=root");
        }
        if (!settings_.user) {
            stay();
            return {};
        }
        spec_ = parse_user_spec(settings_.user->value);
        auto identity = resolve_user(spec_, accounts(), process_.uid);
        if (!identity) return refuse(*settings_.user, identity.error());
        plan_.identity = *std::move(identity);
        decide_entry();
        return {};
    }

    // Before the groups, which may list its name.
    void decide_entry() {
        entry_.reset();
        if (plan_.identity.entry || !settings_.passwd_name) return;
        const std::string home = home_without_entry(settings_, situation_, plan_.identity.uid);
        entry_ = decide_new_entry(*settings_.passwd_name, plan_.identity, home, accounts());
        if (!*entry_) return;
        plan_.identity.entry = (*entry_)->user;
        plan_.identity.group_name = (*entry_)->group_name;
    }

    [[nodiscard]] bool uid_changes() const { return plan_.identity.uid != process_.uid; }

    void decide_groups() {
        if (stays_) return;
        plan_.groups_kept = !uid_changes() && !settings_.groups;
        if (plan_.groups_kept) return;
        if (settings_.groups && settings_.groups->entries.empty()) return;
        const gid_t primary = plan_.identity.gid;
        if (!spec_.group) add_groups(plan_.groups, groups_of_account(plan_.identity, accounts()), primary);
        if (settings_.invocation == Invocation::entrypoint) {
            const CurrentGroups current{process_.gid, process_.groups};
            add_groups(plan_.groups, groups_of_container(current, accounts()), primary);
        }
        if (!settings_.groups) return;
        const auto named = groups_of_setting(settings_.groups->entries, accounts());
        if (named) return add_groups(plan_.groups, *named, primary);
        plan_.obstacles.push_back(refuse(settings_.groups->given, named.error()).value().message);
    }

    void decide_credentials() {
        if (stays_) return note_skipped();
        const bool gid_changes = plan_.identity.gid != process_.gid;
        std::vector<gid_t> groups = gids_of(plan_.groups);
        const bool groups_change = !plan_.groups_kept && groups != groups_to_compare();
        if (!uid_changes() && !gid_changes && !groups_change) return;
        const std::vector<std::string> missing = missing_capabilities(gid_changes || groups_change);
        if (!missing.empty()) return give_up_changing(missing);
        plan_.credentials = {process_.uid, plan_.identity.uid, plan_.identity.gid, std::nullopt};
        if (groups_change) plan_.credentials->groups = std::move(groups);
    }

    // Engines repeat the primary gid among the groups. That is set right where it can be, and no reason to complain
    // where it cannot.
    [[nodiscard]] std::vector<gid_t> groups_to_compare() const {
        if (process_.effective.has(cap_setgid)) return process_.groups;
        return without(process_.groups, plan_.identity.gid);
    }

    [[nodiscard]] std::vector<std::string> missing_capabilities(bool groups_or_gid_change) const {
        std::vector<std::string> missing;
        if (uid_changes() && !process_.effective.has(cap_setuid)) missing.emplace_back("SETUID");
        if (groups_or_gid_change && !process_.effective.has(cap_setgid)) missing.emplace_back("SETGID");
        return missing;
    }

    void give_up_changing(const std::vector<std::string>& missing) {
        const std::string names = join(missing, ", ");
        const std::string_view kind = missing.size() == 1 ? "capability " : "capabilities ";
        if (process_.uid == 0) {
            plan_.obstacles.push_back(concat({"cannot use ", settings_.user->label, ": root lacks the ", kind, names,
                                              " here. Start the container with cap_add: [", names, "]"}));
        } else if (settings_.user->origin == Origin::flag) {
            plan_.obstacles.push_back(
                concat({"cannot use ", settings_.user->label, ": uid ", std::to_string(process_.uid),
                        " is not root and lacks the ", kind, names, ". Call this as root, or leave --user out"}));
        } else {
            stay();
            note_skipped();
        }
    }

    // One message for everything that this process has not the rights for.
    void note_skipped() {
        if (process_.uid == 0) return;
        std::vector<std::string> labels;
        if (settings_.user) labels.push_back(settings_.user->label);
        if (settings_.uid) labels.push_back(settings_.uid->label);
        if (settings_.gid) labels.push_back(settings_.gid->label);
        if (settings_.groups) labels.push_back(settings_.groups->given.label);
        const bool skips_chown = !settings_.chown.operands.empty();
        if (skips_chown) labels.push_back(settings_.chown.label);
        if (labels.empty()) return;
        const bool only_chown = labels.size() == 1 && skips_chown;
        const bool tolerated = only_chown && settings_.chown.errors == ChownErrors::warn;
        const std::string reason = "uid " + std::to_string(process_.uid) + " is not root";
        if (settings_.strictness == Strictness::strict && !tolerated) {
            plan_.obstacles.push_back(concat({"cannot honour ", join(labels, ", "), ": ", reason,
                                              ". Start the container as root, or without --strict (GOSU_STRICT)"}));
        } else {
            plan_.warnings.push_back(reason + ", so the command runs as that uid; skipped: " + join(labels, ", "));
        }
    }

    // Only what was decided last counts: the user may have had to stay after all.
    void decide_account_files() {
        plan_.accounts.strictness = settings_.strictness;
        if (renumbering_) {
            plan_.accounts.edits = renumbering_->edits;
            append(plan_.warnings, renumbering_->warnings);
            const bool strict = settings_.strictness == Strictness::strict;
            append(strict ? plan_.obstacles : plan_.warnings, renumbering_->not_honoured);
        }
        if (!entry_) return;
        if (!*entry_) return plan_.obstacles.push_back(entry_->error().message);
        append(plan_.accounts.edits, (*entry_)->edits);
        append(plan_.warnings, (*entry_)->warnings);
    }

    void decide_environment() {
        const auto& identity = plan_.identity;
        plan_.environment = environment_for(settings_, situation_, identity.uid, identity.entry);
        if (!adds_user(plan_.accounts.edits)) return;
        plan_.environment_without_entry = environment_for(settings_, situation_, identity.uid, std::nullopt);
    }

    const Settings& settings_;
    const Situation& situation_;
    const Process& process_;
    UserSpec spec_;
    std::optional<Renumbering> renumbering_;
    std::optional<Result<NewEntry>> entry_;
    Plan plan_;
    bool stays_ = false;  // nothing of the user setting can be done, or none was asked for
};

}  // namespace

Result<Plan> make_plan(const Settings& settings, const Situation& situation) {
    return Planner(settings, situation).make();
}

}  // namespace stepdown
