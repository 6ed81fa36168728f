// SPDX-License-Identifier: Apache-2.0
// Each situation runs as a dry run and as a start. The verdicts agree, and the start gives the first reason of the dry
// run: it ends there, where the dry run goes on. Whatever the start says, the dry run foresaw.
#include "support/files/permission_failure.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

struct Reason {
    std::string id;
    std::string text;
};

using Reasons = std::vector<Reason>;

std::string member(const rapidjson::Value& object, const char* name) {
    return object.HasMember(name) ? object[name].GetString() : "none";
}

// The two are processes of their own.
std::string without_pids(const std::string& text) {
    return std::regex_replace(text, std::regex("/proc/[0-9]+/"), "/proc/PID/");
}

void add(Reasons& reasons, const rapidjson::Value& object) {
    reasons.push_back({member(object, "id"), without_pids(member(object, "msg"))});
}

Reasons reasons_of_start(const Outcome& outcome) {
    Reasons reasons;
    std::istringstream lines(outcome.err);
    for (std::string line; std::getline(lines, line);) {
        rapidjson::Document document;
        document.Parse(line.c_str());
        if (document.IsObject() && member(document, "level") != "info") add(reasons, document);
    }
    return reasons;
}

Reasons reasons_of_page(const rapidjson::Document& page) {
    Reasons reasons;
    for (const char* list : {"problems", "warnings"}) {
        for (const auto& each : page[list].GetArray()) add(reasons, each);
    }
    return reasons;
}

std::string in_words(const Reasons& reasons) {
    std::string text;
    for (const Reason& each : reasons) text += "  [" + each.id + "] " + each.text + "\n";
    return text.empty() ? "  nothing\n" : text;
}

class DryRunAndStart : public PermissionFailure {
  protected:
    using Prepare = std::function<Command(Command)>;

    // prepare is for both; the start of the dry run changes nothing for the second.
    void expect_agreement(const std::string& name, const Words& words, const Prepare& prepare = {}) {
        Words tries = words;
        tries.insert(tries.begin(), {"--dry-run", "--json"});
        const auto prepared = [&](const Words& all) {
            Command command = stepdown(all).with({"GOSU_LOG_FORMAT=json", "GOSU_LOG_LEVEL=warn"});
            return prepare ? prepare(std::move(command)) : command;
        };
        const Outcome tried = run(prepared(tries));
        const Outcome started = run(prepared(words));
        rapidjson::Document page;
        page.Parse(tried.out.c_str());
        ASSERT_EQ(tried.setup_error + started.setup_error, "") << name;
        const auto of_start = reasons_of_start(started);
        // What is no plan at all has no page; the two say the same.
        if (!page.IsObject()) {
            EXPECT_EQ(in_words(reasons_of_start(tried)), in_words(of_start)) << name;
            EXPECT_NE(started.exit_code, 0) << name;
            return;
        }
        const auto of_page = reasons_of_page(page);
        const std::string both = name + "\ndry run:\n" + in_words(of_page) + "start:\n" + in_words(of_start);
        EXPECT_EQ(page["succeeds"].GetBool(), started.exit_code == 0) << both;
        for (const Reason& each : of_start) EXPECT_TRUE(is_in(of_page, each)) << "not foreseen: " << both;
        if (of_page.empty() || (started.exit_code != 0 && of_start.empty())) return;  // the command itself failed
        EXPECT_TRUE(is_in(of_start, of_page.front())) << "not said by the start: " << both;
    }

  private:
    // A start sums the entries of a tree up that a dry run names one by one. All else is the same in both.
    static bool is_in(const Reasons& all, const Reason& reason) {
        constexpr const char* tree = "cannot change the owner of";
        const bool is_of_tree = reason.text.starts_with(tree);
        return std::any_of(all.begin(), all.end(), [&](const Reason& each) {
            if (is_of_tree && each.text.starts_with(tree))
                return each.id == reason.id || reason.id == "owner-unchanged";
            return each.id == reason.id && each.text == reason.text;
        });
    }
};

TEST_F(DryRunAndStart, AgreeAboutTheUserAndTheGroups) {
    const std::string roots = directory("roots");
    const std::string nobodys = directory("nobodys");
    give(nobodys, {65534, 65534});
    for (const Words& words : std::vector<Words>{{"-u", "app", "true"},
                                                 {"-u", "node", "true"},
                                                 {"-u", "1234", "true"},
                                                 {"-u", "app:node", "true"},
                                                 {"-u", ":1000", "true"},
                                                 {"-u", "00", "true"},
                                                 {"-u", "root", "true"},
                                                 {"-u", "@" + roots, "true"},
                                                 {"-u", "@" + nobodys, "true"},
                                                 {"-u", "@" + at("none"), "true"},
                                                 {"-u", "app", "-g", "nosuch", "true"},
                                                 {"-u", "app", "-g", "video,nosuch", "true"},
                                                 {"-u", "app", "-g", "-nosuch", "true"},
                                                 {"-u", "app", "-g", "-@" + at("none"), "true"},
                                                 {"-u", "app", "-g", "@" + roots, "true"},
                                                 {"-u", "app", "--umask", "99", "true"},
                                                 {"-u", "app", "--caps", "nosuch", "true"},
                                                 {"true"}}) {
        expect_agreement(testing::PrintToString(words), words);
    }
}

TEST_F(DryRunAndStart, AgreeAboutPrivileges) {
    const std::string data = directory("data");
    const auto lacking = [](std::vector<int> capabilities) {
        return [=](Command command) { return command.after(without_capabilities(capabilities)); };
    };
    const auto as = [](uid_t uid, gid_t gid) { return [=](Command command) { return command.after(ids(uid, gid)); }; };
    const Words plain{"-u", "app", "true"};
    const Words owns{"-u", "app", "-c", data, "true"};
    expect_agreement("SETUID", plain, lacking({cap_setuid}));
    expect_agreement("SETUID and SETGID", plain, lacking({cap_setuid, cap_setgid}));
    expect_agreement("CHOWN", owns, lacking({cap_chown}));
    expect_agreement("CHOWN for a new directory", {"-u", "app", "-m", at("new"), "true"}, lacking({cap_chown}));
    expect_agreement("NET_BIND_SERVICE", {"-u", "app", "--caps", "net_bind_service", "true"},
                     lacking({cap_net_bind_service}));
    expect_agreement("not root, and another user", plain, as(1234, 1234));
    expect_agreement("not root, and the same user", owns, as(1500, 1500));
    expect_agreement("not root, strict", {"--strict", "-c", data, "true"}, as(1500, 1500));
    expect_agreement("an arbitrary uid", {"-c", data, "true"}, as(100000, 0));
}

TEST_F(DryRunAndStart, AgreeAboutPaths) {
    const std::string data = directory("data");
    const std::string users = directory("users");
    give(users, app);
    make_link(data, users + "/link");
    make_link(data, at("roots-link"));
    write_file(at("file"), "");
    const auto owning = [](std::vector<std::string> paths) {
        Words words{"-u", "app"};
        for (const std::string& path : paths) words.insert(words.end(), {"-c", path});
        words.emplace_back("true");
        return words;
    };
    for (const std::string& path : {at("missing"), "-" + at("missing"), std::string("/"), std::string("/usr"),
                                    std::string("/proc"), std::string("/etc"), users + "/link", at("roots-link"),
                                    at("file") + "/below", std::string("/dev/stdout"), at("file")}) {
        expect_agreement("chown " + path, owning({path}));
    }
    for (const std::string& path : {at("made/below"), at("file"), at("file") + "/below", users + "/link/new",
                                    users + "/none/../other", std::string("/proc/none")}) {
        expect_agreement("mkdir " + path, {"-u", "app", "-m", path, "true"});
        ::rmdir(at("made/below").c_str());
        ::rmdir(at("made").c_str());
    }
    const auto read_only_data = [&](Command command) { return command.after(private_mounts()).after(read_only(data)); };
    expect_agreement("chown of a read-only mount", owning({data}), read_only_data);
    expect_agreement("chown below a read-only mount", owning({directory("data/cache")}), read_only_data);
    expect_agreement("mkdir in a read-only mount", {"-u", "app", "-m", data + "/new", "true"}, read_only_data);
}

TEST_F(DryRunAndStart, AgreeAboutTheCommand) {
    const std::string bin = directory("bin");
    const std::string hidden = directory("hidden", 0700);
    script("hidden/tool");
    write_file(bin + "/garbage", "\x01\x02\x03", 0755);
    write_file(bin + "/bom", "\xef\xbb\xbf#!/bin/sh\n", 0755);
    write_file(bin + "/blank", "\n#!/bin/sh\n", 0755);
    make_link("/opt/host-only/tool", bin + "/dangling");
    for (const std::string& file :
         {script("bin/plain", 0644), hidden + "/tool", script("bin/lost", 0755, "#!/no/such/shell"), bin + "/garbage",
          bin + "/bom", bin + "/blank", bin + "/dangling", bin + "/none", bin, std::string("no-such-command"),
          script("bin/env-lost", 0755, "#!/usr/bin/env no-such-shell"), script("bin/closed", 0700)}) {
        expect_agreement("run " + file, {"-u", "app", file});
    }
    expect_agreement("noexec", {"-u", "app", script("bin/tool")},
                     [&](Command command) { return command.after(private_mounts()).after(no_exec(bin)); });
}

TEST_F(DryRunAndStart, AgreeInAUserNamespace) {
    const Step small = user_namespace(Setgroups::allowed, 500);
    STEPDOWN_SKIP_IF(setup_error_of({small}));
    const auto inside = [&](Command command) { return command.after(small); };
    const std::string outside = directory("outside");
    give(outside, app);
    expect_agreement("a uid that is not mapped", {"-u", "70000:70000", "true"}, inside);
    expect_agreement("a gid that is not mapped", {"-u", "400:70000", "true"}, inside);
    expect_agreement("an owner that is not mapped", {"-u", "400:400", "-c", outside, "true"}, inside);
    expect_agreement("a directory for a gid that is not mapped", {"-u", "400:70000", "-m", at("new"), "true"}, inside);
    const Step denied = user_namespace(Setgroups::denied, 1);
    expect_agreement("no groups", {"-u", "root", "-g", "44", "true"},
                     [&](Command command) { return command.after(denied); });
}

TEST_F(DryRunAndStart, AgreeAboutTheAccounts) {
    const auto closed = [](Command command) { return command.after(read_only("/etc")); };
    for (const char* strict : {"--strict=no", "--strict"}) {
        expect_agreement("a new uid", {strict, "-u", "app", "--uid", "1700", "true"}, closed);
        expect_agreement("a name", {strict, "-u", "4321:4321", "--passwd-name", "somebody", "true"}, closed);
        expect_agreement("a taken name", {strict, "-u", "4321:4321", "--passwd-name", "app", "true"});
        expect_agreement("an id that two have", {strict, "-u", "app", "--uid", "5", "true"});
    }
}

}  // namespace
}  // namespace stepdown::test
