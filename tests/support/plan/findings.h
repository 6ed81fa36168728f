// SPDX-License-Identifier: Apache-2.0
// A plan and the findings of a dry run with something of everything.
#pragma once

#include "stepdown/dry_run/findings.h"

#include "support/kernel/strings.h"

namespace stepdown::test {

// NOLINTBEGIN(cert-err58-cpp): a test program that has no memory at its start may end there.
inline const Strings no_command({});
inline const Strings some_command({"tool", "-x", "two words", ""});
inline const Strings some_environment({"PATH=/bin", "HOME=/root"});
// NOLINTEND(cert-err58-cpp)

inline Plan full_plan() {
    Plan plan;
    plan.identity = {1500, 1500, User{"app", 1500, 1500, "/srv/app"}, "app"};
    plan.groups.members = {
        {29, "audio", GroupSource::account}, {999, "docker", GroupSource::setting}, {4000, "", GroupSource::container}};
    plan.groups.ignored = {{0, "root", IgnoredCause::group_of_root}, {4001, "", IgnoredCause::starting_primary}};
    plan.environment = {{"HOME", "/srv/app"}, {"USER", "app"}, {"LOGNAME", std::nullopt}};
    plan.umask = 027;
    plan.directories = {{}, 1500, 1500, DirectoryErrors::fail};
    plan.ownership.owner = {1500, 1500};
    plan.ownership.excluded = {{".git"}, {}, "GOSU_CHOWN_EXCLUDE"};
    plan.credentials = {0, 1500, 1500, std::nullopt};
    plan.no_new_privileges = true;
    plan.command = some_command.data();
    plan.notes = {"one of the notes"};
    plan.warnings = {{MessageId::setting_unknown, "unknown setting GOSU_CHONW. Did you mean GOSU_CHOWN?"}};
    return plan;
}

inline Findings full_findings() {
    Findings findings;
    TreePreview tree;
    tree.operand = "/my data";
    tree.tree = {"/my data", 120000, 1234, 2, 0};
    tree.tree.excluded = 1;
    tree.tree.copied_up = 1001;
    tree.tree.copied_up_bytes = 70000;
    TreePreview missing;
    missing.operand = "/cache";
    missing.note = "does not exist, which is allowed";
    TreePreview refused;
    refused.operand = "/refused";
    findings.directories = {
        {"/a/b", {"/a", "/a/b"}, "", ""}, {"/there", {}, "", ""}, {"/c", {"/c"}, "cannot create /c: some reason", ""}};
    findings.trees = {tree, missing, refused};
    findings.streams = {"device, left alone", "pipe, made writable for others", ""};
    findings.command = "/usr/bin/tool";
    return findings;
}

}  // namespace stepdown::test
