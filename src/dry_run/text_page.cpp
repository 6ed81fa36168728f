// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/text_page.h"

#include "stepdown/base/text.h"
#include "stepdown/dry_run/suggestions.h"
#include "stepdown/plan/capability_plan.h"

#include <algorithm>
#include <array>

namespace stepdown {
namespace {

std::string with_name(id_t id, std::string_view name) {
    return std::to_string(id) + (name.empty() ? "" : " (" + escape(name) + ")");
}

std::string_view describe_source(GroupSource source) {
    switch (source) {
        case GroupSource::account: return "from /etc/group";
        case GroupSource::container: return "added by whoever started the container";
        case GroupSource::setting: return "from the setting";
    }
    return "";
}

class Page {
  public:
    void line(std::string_view title, std::string_view text) {
        constexpr std::size_t width = 10;
        text_.append(title).append(width - std::min(width, title.size()), ' ').append(text).append("\n");
    }
    void plain(std::string_view text) { text_.append(text).append("\n"); }
    [[nodiscard]] std::string text() && { return std::move(text_); }

  private:
    std::string text_;
};

void describe_groups(Page& page, const Plan& plan) {
    if (plan.groups_kept) return page.line("groups", "as they are");
    std::vector<std::string> parts;
    for (const Membership& member : plan.groups.members) {
        parts.push_back(with_name(member.gid, member.name) + " " + std::string(describe_source(member.source)));
    }
    page.line("groups", parts.empty() ? "none" : join(parts, ", "));
    for (const IgnoredGroup& left : plan.groups.ignored) {
        page.line("left out", with_name(left.gid, left.name) + ": " + std::string(in_words(left.cause)));
    }
}

void describe_accounts(Page& page, const AccountPlan& plan) {
    for (const FileEdit& edit : plan.edits) page.line("account", in_words(edit.edit) + " in " + quote(edit.path));
}

void describe_environment(Page& page, const std::vector<EnvironmentChange>& changes, StringVector environment) {
    const auto home = find_variable(environment, "HOME");
    std::string kept = home ? quote(*home) + ", unchanged" : "not set";
    for (const EnvironmentChange& change : changes) {
        if (change.name == "HOME") {
            kept = quote(*change.value);
        } else {
            page.line(change.name, change.value ? quote(*change.value) : "removed");
        }
    }
    page.line("HOME", kept);
}

void describe_user(Page& page, const Plan& plan, const std::vector<EnvironmentChange>& changes,
                   StringVector environment) {
    const auto& entry = plan.identity.entry;
    page.line("user", with_name(plan.identity.uid, entry ? entry->name : ""));
    page.line("group", with_name(plan.identity.gid, plan.identity.group_name));
    describe_groups(page, plan);
    describe_accounts(page, plan.accounts);
    describe_environment(page, changes, environment);
}

std::string ids_of(uid_t uid, gid_t gid) { return std::to_string(uid) + ":" + std::to_string(gid); }

// A problem or a warning names each fault, except where one warning stands for all of them.
void describe_directories(Page& page, const Findings& findings, const Plan& whole) {
    const DirectoriesPlan& plan = whole.directories;
    for (const DirectoryPreview& directory : findings.directories) {
        if (!directory.problem.empty()) {
            if (whole.unprivileged) page.line("mkdir", directory.problem);
            continue;
        }
        std::vector<std::string> missing;
        for (const std::string& path : directory.missing) missing.push_back(quote(path));
        std::string text = "exists already";
        if (!missing.empty()) text = "creates " + join(missing, ", ") + " for " + ids_of(plan.uid, plan.gid);
        page.line("mkdir", quote(directory.operand) + ": " + text);
    }
}

void describe_trees(Page& page, const Findings& findings, const Plan& plan) {
    const Owner owner = plan.ownership.owner;
    for (const TreePreview& tree : findings.trees) {
        if (plan.unprivileged) {
            for (const std::string& problem : tree.problems) page.line("chown", problem);
        }
        if (!tree.note.empty()) {
            page.line("chown", quote(tree.operand) + ": " + tree.note);
            continue;
        }
        if (tree.tree.entries == 0) continue;  // refused: the problem says why
        std::string text = quote(tree.operand) + " to " + ids_of(owner.uid, owner.gid) + ": " +
                           with_thousands(tree.tree.changed) + " of " + with_thousands(tree.tree.entries) +
                           " entries would change";
        if (tree.tree.skipped > 0) text += ", " + with_thousands(tree.tree.skipped) + " skipped";
        if (tree.tree.excluded > 0) {
            text += " (" + with_thousands(tree.tree.excluded) + " for " + plan.ownership.excluded.setting + ")";
        }
        page.line("chown", text);
    }
}

std::string capabilities_left(const Plan& plan) {
    const auto kept = capabilities_after(plan);
    if (!kept) return "as they are";
    const std::vector<std::string> names = capability_names(*kept);
    const bool is_given = !names.empty() && kept == plan.platform_capabilities;
    return (names.empty() ? "none" : join(names, ", ")) + (is_given ? ", as the platform gave them" : "") +
           (bounding_set_after(plan) ? "" : "; the bounding set is unchanged");
}

void describe_launch(Page& page, const Plan& plan, const Findings& findings) {
    constexpr std::array names{"stdin", "stdout", "stderr"};
    for (std::size_t fd = 0; fd < names.size(); ++fd) page.line(names[fd], findings.streams[fd]);
    page.line("caps", capabilities_left(plan));
}

void describe_command(Page& page, const Plan& plan, const Findings& findings) {
    if (*plan.command == nullptr) return page.line("command", "none given");
    std::vector<std::string> words;
    for (StringVector word = plan.command; *word != nullptr; ++word) words.push_back(quote(*word));
    if (!findings.command.empty() && findings.command != *plan.command) words[0] = quote(findings.command);
    page.line("command", join(words, " "));
}

// If the path itself is denied, it is named once.
void describe_access(Page& page, const Findings& findings) {
    for (const DeniedPath& each : findings.access) {
        const std::string path = quote(each.path);
        const bool names_it = each.problem.starts_with(path + ": ") || each.problem.starts_with(path + " ");
        page.line("access", concat({each.use, " ", names_it ? "" : path + ": ", in_words(each)}));
    }
}

std::string conclusion(const Plan& plan, const Findings& findings) {
    if (!findings.problems.empty()) return "The start would fail.";
    const bool is_doubtful = std::any_of(findings.warnings.begin(), findings.warnings.end(), [](const Message& each) {
        return each.id == MessageId::owner_untried || each.id == MessageId::content_unknown;
    });
    return concat({"The start would succeed", *plan.command == nullptr ? " with a command" : "",
                   is_doubtful ? ", as far as a dry run can tell." : ".",
                   findings.access.empty() ? "" : " The user would lack the access that is named above."});
}

}  // namespace

std::string text_page(const Plan& plan, const Findings& findings, StringVector environment) {
    Page page;
    if (plan.is_user_known) describe_user(page, plan, environment_of(plan, findings), environment);
    if (!plan.is_user_known) page.line("user", "not known");
    page.line("umask", plan.umask ? octal(*plan.umask) : "unchanged");
    describe_directories(page, findings, plan);
    describe_trees(page, findings, plan);
    if (plan.is_user_known) describe_launch(page, plan, findings);
    page.line("new privs", plan.no_new_privileges ? "none, for good" : "unchanged");
    describe_command(page, plan, findings);
    describe_access(page, findings);
    for (const std::string& note : plan.notes) page.line("note", note);
    for (const Message& warning : plan.warnings) page.line("warning", warning.text);
    for (const Message& warning : findings.warnings) page.line("warning", warning.text);
    for (const Message& problem : findings.problems) page.line("problem", problem.text);
    page.plain(conclusion(plan, findings));
    return std::move(page).text();
}

}  // namespace stepdown
