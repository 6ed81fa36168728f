// SPDX-License-Identifier: Apache-2.0

#include "stepdown/dry_run/json_page.h"

#include "stepdown/base/append.h"
#include "stepdown/base/text.h"
#include "stepdown/dry_run/json_writer.h"
#include "stepdown/dry_run/suggestions.h"
#include "stepdown/plan/capability_plan.h"

namespace stepdown {
namespace {

const char* source_name(GroupSource source) {
    switch (source) {
        case GroupSource::account: return "account";
        case GroupSource::container: return "container";
        case GroupSource::setting: return "setting";
    }
    return "";
}

void add_identity(JsonWriter& page, const Plan& plan) {
    if (!plan.is_user_known) {
        page.member("user", std::optional<std::string>());
        return page.member("group", std::optional<std::string>());
    }
    const auto& entry = plan.identity.entry;
    page.object("user", [&] {
        page.member("uid", std::uint64_t{plan.identity.uid});
        page.member_unless_empty("name", entry ? entry->name : "");
    });
    page.object("group", [&] {
        page.member("gid", std::uint64_t{plan.identity.gid});
        page.member_unless_empty("name", plan.identity.group_name);
    });
}

void add_groups(JsonWriter& page, const Plan& plan) {
    if (plan.groups_kept) {
        page.member("groups", std::optional<std::string>());
    } else {
        page.array("groups", plan.groups.members, [&page](const Membership& each) {
            page.object([&] {
                page.member("gid", std::uint64_t{each.gid});
                page.member_unless_empty("name", each.name);
                page.member("source", std::string_view(source_name(each.source)));
            });
        });
    }
    page.array("left_out", plan.groups.ignored, [&page](const IgnoredGroup& each) {
        page.object([&] {
            page.member("gid", std::uint64_t{each.gid});
            page.member_unless_empty("name", each.name);
            page.member("reason", in_words(each.cause));
        });
    });
}

void add_accounts(JsonWriter& page, const AccountPlan& plan) {
    page.array("accounts", plan.edits, [&page](const FileEdit& each) {
        page.object([&] {
            page.member("file", std::string_view(each.path));
            page.member("change", std::string_view(in_words(each.edit)));
        });
    });
}

void add_environment(JsonWriter& page, const Plan& plan, const Findings& findings, StringVector environment) {
    std::optional<std::string> home;
    if (const auto inherited = find_variable(environment, "HOME"); inherited && plan.is_user_known) home = *inherited;
    page.object("environment", [&] {
        for (const EnvironmentChange& change : environment_of(plan, findings)) {
            page.member(change.name.c_str(), change.value);
            if (change.name == "HOME") home = change.value;
        }
    });
    page.member("home", home);
}

void add_paths(JsonWriter& page, const Findings& findings) {
    page.array("mkdir", findings.directories, [&page](const DirectoryPreview& each) {
        page.object([&] {
            page.member("path", std::string_view(each.operand));
            page.member("creates", each.missing);
            page.member_unless_empty("problem", each.problem);
        });
    });
    page.array("chown", findings.trees, [&page](const TreePreview& each) {
        page.object([&] {
            page.member("path", std::string_view(each.operand));
            page.member("entries", each.tree.entries);
            page.member("changes", each.tree.changed);
            page.member("skipped", each.tree.skipped);
            page.member("excluded", each.tree.excluded);
            page.member("copied_up", each.tree.copied_up);
            page.member("copied_up_bytes", each.tree.copied_up_bytes);
            page.member_unless_empty("note", each.note);
            page.messages("problems", each.problems);
        });
    });
}

void add_launch(JsonWriter& page, const Plan& plan, const Findings& findings) {
    constexpr std::array names{"stdin", "stdout", "stderr"};
    page.object("streams", [&] {
        for (std::size_t fd = 0; fd < names.size(); ++fd) page.member_unless_empty(names[fd], findings.streams[fd]);
    });
    page.member("capabilities", capabilities_after(plan));
    page.member("bounding_set", bounding_set_after(plan));
    page.flag("no_new_privileges", plan.no_new_privileges);
    std::vector<std::string> words;
    for (StringVector word = plan.command; *word != nullptr; ++word) words.emplace_back(*word);
    page.member("command", words);
    page.member_unless_empty("file", findings.command);
}

std::string_view name_of(Permission permission) {
    switch (permission) {
        case Permission::search: return "search";
        case Permission::read: return "read";
        case Permission::write: return "write";
        case Permission::execute: return "execute";
    }
    return "";
}

std::string_view name_of(Suggestion::Kind kind) {
    switch (kind) {
        case Suggestion::Kind::setting: return "setting";
        case Suggestion::Kind::chmod: return "chmod";
        case Suggestion::Kind::group: return "group";
        case Suggestion::Kind::mount: return "mount";
        case Suggestion::Kind::user: return "user";
        case Suggestion::Kind::none: return "none";
    }
    return "";
}

void add_denied(JsonWriter& page, const std::optional<DeniedStep>& denied) {
    if (!denied) return page.member("denied", std::optional<std::string>());
    page.object("denied", [&] {
        page.member("path", std::string_view(denied->path));
        page.member("permission", name_of(denied->permission));
        page.member("owner", std::uint64_t{denied->uid});
        page.member("group", std::uint64_t{denied->gid});
        page.member("mode", std::string_view(octal(denied->mode)));
        page.flag("acl", denied->has_acl);
    });
}

void add_access(JsonWriter& page, const Findings& findings) {
    page.array("access", findings.access, [&page](const DeniedPath& each) {
        page.object([&] {
            page.member("use", std::string_view(each.use));
            page.member("path", std::string_view(each.path));
            page.member("problem", std::string_view(in_words(each)));
            add_denied(page, each.denied);
            page.array("suggestions", each.suggestions, [&page](const Suggestion& suggestion) {
                page.object([&] {
                    page.member("kind", name_of(suggestion.kind));
                    page.member("text", std::string_view(suggestion.text));
                    page.member_unless_empty("setting", suggestion.setting);
                    page.member_unless_empty("value", suggestion.value);
                });
            });
        });
    });
}

}  // namespace

std::string json_page(const Plan& plan, const Findings& findings, StringVector environment) {
    JsonWriter page;
    std::vector<Message> warnings = plan.warnings;
    append(warnings, findings.warnings);
    page.object([&] {
        page.flag("succeeds", findings.problems.empty());
        page.messages("problems", findings.problems);
        page.messages("warnings", warnings);
        page.member("notes", plan.notes);
        add_identity(page, plan);
        add_groups(page, plan);
        add_accounts(page, plan.accounts);
        add_environment(page, plan, findings, environment);
        page.member("umask", plan.umask ? std::optional(octal(*plan.umask)) : std::nullopt);
        add_paths(page, findings);
        add_launch(page, plan, findings);
        add_access(page, findings);
    });
    return page.line();
}

}  // namespace stepdown
