// SPDX-License-Identifier: Apache-2.0
// Each situation runs as a dry run and as a start (agreement.h).
#include "root/dry_run/agreement.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stepdown::test {
namespace {

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
