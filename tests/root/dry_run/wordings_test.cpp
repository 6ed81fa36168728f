// SPDX-License-Identifier: Apache-2.0
// The wordings of access lines, each once and whole. The other tests of the dry run read the facts of the JSON page, so
// that a better wording changes this table alone. "DIR" stands for the directory of the test.
#include "support/files/acl.h"
#include "support/files/permission_failure.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>

#include <sstream>

namespace stepdown::test {
namespace {

class Wording : public PermissionFailure {
  protected:
    // Expects that the page of the dry run has line among those of its use, which is the first word of line.
    void expect(const std::string& line, const Command& dry_run) { expect_on(page_of(dry_run), line); }

    void expect_on(const std::string& page, const std::string& line) const {
        constexpr std::string_view head = "access    ";
        std::istringstream lines(page);
        std::string all;
        for (std::string each; std::getline(lines, each);) {
            if (!each.starts_with(head)) continue;
            each = without_directory(each.substr(head.size()));
            if (each == line) return;
            if (each.substr(0, each.find(' ')) == line.substr(0, line.find(' '))) all += each + "\n";
        }
        ADD_FAILURE() << "expected: " << line << "\nthe page: " << all;
    }

    // The directory with its content.
    std::string data(const std::string& name, Owner owner = {}, mode_t mode = 0755) const {
        std::string path = directory(name, mode);
        give(path, owner);
        return path;
    }

    static Command mounted(const Words& words, const std::string& path) {
        return dry(words).after(bind_mount(path, path));
    }

  private:
    [[nodiscard]] std::string without_directory(std::string text) const {
        const std::string here = at("");
        for (auto found = text.find(here); found != std::string::npos; found = text.find(here)) {
            text.replace(found, here.size(), "DIR/");
        }
        return text;
    }
};

TEST_F(Wording, OfAnOwnerToChange) {
    const std::string volume = data("volume");
    const std::string closed = data("closed", {}, 0700);
    const std::string spaced = data("my data");
    expect("argument DIR/volume: 0:0 0755, uid 1500 cannot write. Set GOSU_CHOWN=DIR/volume",
           dry({"-u", "app", "ls", volume}));
    expect("argument DIR/volume: 0:0 0755, uid 1500 cannot write. Add --chown DIR/volume",
           dry({"-u", "app", "-c", closed, "ls", volume}));
    expect("argument DIR/volume: 0:0 0755, uid 1500 cannot write. Add DIR/volume to GOSU_CHOWN",
           dry({"ls", volume}).with({"GOSU_USER=app", "GOSU_CHOWN=" + closed}));
    expect("argument \"DIR/my data\": 0:0 0755, uid 1500 cannot write. Set GOSU_CHOWN='\"DIR/my data\"'",
           dry({"-u", "app", "ls", spaced}));
    expect(
        "argument DIR/volume/app.pid: it does not exist, and DIR/volume: 0:0 0755, uid 1500 cannot write. "
        "Set GOSU_CHOWN=DIR/volume",
        dry({"-u", "app", "true", "--pid=" + volume + "/app.pid"}));
    expect(
        "chown DIR/closed/inner: DIR/closed: 0:0 0700, uid 1500 cannot enter. Run chmod a+x DIR/closed, or add "
        "--chown DIR/closed",
        dry({"-u", "app", "-c", data("closed/inner"), "true"}));
}

TEST_F(Wording, OfAnExclusionToTakeBack) {
    const std::string tree = data("tree");
    const std::string apart = data("apart");
    const std::string inner = data("tree/inner");
    make_link(inner, at("link"));
    expect("argument DIR/tree/inner: 0:0 0755, uid 1500 cannot write. Take DIR/tree/inner out of --chown-exclude",
           dry({"-u", "app", "-c", tree, "--chown-exclude", inner, "ls", inner}));
    expect(
        "argument DIR/tree/inner: 0:0 0755, uid 1500 cannot write. Take DIR/tree/inner and DIR/link out of "
        "GOSU_CHOWN_EXCLUDE",
        dry({"ls", inner})
            .with({"GOSU_USER=app", "GOSU_CHOWN=" + tree, "GOSU_CHOWN_EXCLUDE=" + inner + " " + at("link")}));
    expect(
        "argument DIR/apart: 0:0 0755, uid 1500 cannot write. Take DIR/apart out of --chown-exclude and add "
        "--chown DIR/apart",
        dry({"-u", "app", "-c", tree, "--chown-exclude", apart, "ls", apart}));
}

TEST_F(Wording, OfAModeToChange) {
    const std::string own = data("own", app, 0);
    const std::string secret = at("key");
    write_file(secret, "", 0600);
    expect("argument DIR/own: 1500:1500 0000, uid 1500 cannot enter. Run chmod u+rwx DIR/own",
           dry({"-u", "app", "ls", own}));
    expect("argument /etc/key: 0:0 0600, uid 1500 cannot read. Run chmod a+r /etc/key, or set GOSU_CHOWN=/etc/key",
           dry({"-u", "app", "cat", "/etc/key"}).after(file("/etc/key", "")).after(bind_mount(secret, "/etc/key")));
    expect("argument /etc/key: 0:0 0600, uid 1500 cannot read. Give the user a copy of its own",
           dry({"-u", "app", "cat", "/etc/key"}).after(file("/etc/key", "", 0600)));
    expect(
        "argument DIR/image: 0:0 0755, uid 100000 cannot write. Add to the Dockerfile: RUN chgrp -R 0 DIR/image && "
        "chmod -R g=u DIR/image",
        dry({"ls", data("image")}).after(ids(100000, 0)));
    STEPDOWN_SKIP_IF(set_list(
        data("listed"), {{ACL_USER_OBJ, 7}, {ACL_USER, 7, 1000}, {ACL_GROUP_OBJ, 5}, {ACL_MASK, 7}, {ACL_OTHER, 5}}));
    expect(
        "argument DIR/listed: 0:0 0775 and an ACL (see getfacl(1)), uid 1500 cannot write. Run setfacl -m "
        "u:1500:rwX DIR/listed, or set GOSU_CHOWN=DIR/listed",
        dry({"-u", "app", "ls", at("listed")}));
}

TEST_F(Wording, OfAGroupToJoin) {
    const std::string share = data("share", {0, 4000}, 0770);
    expect(
        "argument DIR/share: 0:4000 0770, uid 1500 cannot enter. Set GOSU_GROUPS=@DIR/share, or "
        "GOSU_CHOWN=DIR/share",
        dry({"-u", "app", "ls", share}));
    expect(
        "argument DIR/share: 0:4000 0770, uid 1500 cannot enter. Add --groups @DIR/share, or set "
        "GOSU_CHOWN=DIR/share",
        dry({"-u", "app", "-g", "games", "ls", share}));
    expect(
        "argument DIR/share: 0:4000 0770, uid 1500 cannot enter. Add @DIR/share to GOSU_GROUPS, or set "
        "GOSU_CHOWN=DIR/share",
        dry({"ls", share}).with({"GOSU_USER=app", "GOSU_GROUPS=games"}));
    expect("argument DIR/share: 0:4000 0770, uid 1500 cannot enter. Start the container with the additional group 4000",
           dry({"ls", share}).after(ids(1500, 1500)));
    write_file(at("token"), "", 0440);
    expect(
        "argument DIR/token: 0:0 0440, uid 1500 cannot read. Set GOSU_GROUPS=0 if the user is meant to be in root's "
        "group",
        dry({"-u", "app", "cat", at("token")}));
}

TEST_F(Wording, OfTheOwnerToRunAs) {
    const std::string checkout = data("checkout", {1700, 1700});
    const std::string denied = "argument DIR/checkout: 1700:1700 0755, uid 1500 cannot write. ";
    expect(denied +
               "Set GOSU_UID=@DIR/checkout and GOSU_GID=@DIR/checkout to run as its owner, or "
               "GOSU_CHOWN=DIR/checkout to take it from them",
           mounted({"-u", "app", "ls", checkout}, checkout));
    expect(denied +
               "Give --uid @DIR/checkout and --gid @DIR/checkout to run as its owner, or set "
               "GOSU_CHOWN=DIR/checkout to take it from them",
           mounted({"-u", "app", "--gid", "1600", "ls", checkout}, checkout));
    expect(
        denied + "Give --user @DIR/checkout to run as its owner, or set GOSU_CHOWN=DIR/checkout to take it from them",
        mounted({"-u", "1500:1500", "ls", checkout}, checkout));
    const std::string own = data("own");
    expect(
        "argument DIR/own: 0:0 0755, uid 1500 cannot write. Start the container as root, with GOSU_USER and "
        "GOSU_CHOWN=DIR/own",
        dry({"ls", own}).after(ids(1500, 1500)));
    expect(
        "argument DIR/own: 0:0 0755, uid 1500 cannot write. Start the container as root, with --user and --chown "
        "DIR/own",
        dry({"-u", "app", "-c", at("none"), "ls", own}).after(ids(1500, 1500)));
}

TEST_F(Wording, OfAMountToChange) {
    const std::string home = data("home", app);
    const std::string volume = data("volume");
    write_file(at("volume/key"), "", 0600);
    expect("HOME DIR/home: / is mounted read-only. Mount a tmpfs or a volume on DIR/home",
           dry({"-u", "app", "--home", home, "true"})
               .after(private_mounts())
               .after(read_only("/"))
               .after(working_directory(home)));
    expect(
        "argument DIR/volume/key: 0:0 0600, uid 1500 cannot read. Give it to uid 1500 or one of its groups where it "
        "is mounted from, because it is mounted read-only (in a pod: defaultMode, fsGroup)",
        mounted({"-u", "app", "cat", volume + "/key"}, volume).after(read_only(volume)));
    expect(
        "argument DIR/volume: 0:0 0755, uid 1500 cannot write. Give it to uid 1500 or one of its groups where it is "
        "mounted from (in a pod: fsGroup)",
        mounted({"ls", volume}, volume).after(ids(1500, 1500)));
}

TEST_F(Wording, OfAHome) {
    const std::string home = at("new");
    expect("HOME DIR/new: it does not exist. Set GOSU_MKDIR=DIR/new, or give --home /tmp",
           dry({"-u", "app", "--home", home, "true"}));
    expect("HOME DIR/new: it does not exist. Set GOSU_MKDIR=DIR/new, or GOSU_HOME=/tmp",
           dry({"true"}).with({"GOSU_USER=app", "GOSU_HOME=" + home}));
    expect("HOME DIR/new: it does not exist. Give --home /tmp", dry({"--home", home, "true"}).after(ids(100000, 0)));
    expect("HOME /: 0:0 0755, uid 5000 cannot write. Give --home /tmp",
           dry({"-u", "5000:5000", "--home", "/", "true"}).after(working_directory("/")));
}

TEST_F(Wording, OfAStream) {
    expect("stdout /dev/stdout: 0:0 0600, uid 1500 cannot write. Give --stdio auto to let the user open it",
           dry({"-u", "app", "--stdio", "keep", "true"}));
    expect("stdout /dev/stdout: 0:0 0600, uid 1500 cannot write. Set GOSU_STDIO=auto to let the user open it",
           dry({"true"}).with({"GOSU_USER=app", "GOSU_STDIO=keep"}));
    write_file(at("log"), "", 0600);
    const UniqueFd log(::open(at("log").c_str(), O_RDWR | O_CLOEXEC));
    Command to_file = dry({"-u", "app", "true"});
    to_file.out = Stream::given(log.get());
    EXPECT_EQ(run(to_file).exit_code, 0);
    expect_on(read_file(at("log")),
              "stdout /dev/stdout: 0:0 0600, uid 1500 cannot write. Have the program write to its descriptor 1");
}

TEST_F(Wording, OfAnOwnerThatIsNotMapped) {
    const Step small = user_namespace(Setgroups::allowed, 500);
    STEPDOWN_SKIP_IF(setup_error_of({small}));
    write_file(at("file"), "", 0600);
    give(at("file"), app);
    expect(
        "argument DIR/file: 65534:65534 0600, uid 400 cannot read. Grant that outside: its owner or group is not "
        "mapped in this user namespace",
        dry({"-u", "400:400", "cat", at("file")}).after(small));
}

// Under a rootless engine, root of the container is the person who runs it.
TEST_F(Wording, OfABindMountOfThePersonWhoRunsTheEngine) {
    const Step maps = user_namespace(Setgroups::allowed, rootless);
    STEPDOWN_SKIP_IF(setup_error_of({maps}));
    const std::string path = data("mine", {1234, 1235});
    const std::string root_is = "Root here is uid 1234 outside (under a rootless engine, the person who runs it). ";
    const std::string keep_id_clause = "start the container with podman's --userns=keep-id --user=1234:1235";
    const std::string written = "argument DIR/mine: 0:0 0755, uid 1500 cannot write. " + root_is;
    const auto contained = [&](const Words& words) { return mounted(words, path).after(maps).after(ids(0, 0)); };
    expect(written + "Set GOSU_USER=root, or " + keep_id_clause, contained({"ls", path}).with({"GOSU_USER=app"}));
    expect(written + "Give --user root", contained({"-u", "app", "ls", path}));
    expect(written + "Start the container as root, with GOSU_USER=root, or " + keep_id_clause,
           contained({"ls", path}).after(ids(1500, 1500)));
}

}  // namespace
}  // namespace stepdown::test
