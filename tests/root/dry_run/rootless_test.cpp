// SPDX-License-Identifier: Apache-2.0
// What the dry run advises under a rootless engine. A change of the owner would take the files away from the person who
// runs it.
#include "support/files/permission_failure.h"
#include "support/process/expect.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace stepdown::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr Owner person{1234, 1235};

const std::string root_is = " Root here is uid 1234 outside (under a rootless engine, the person who runs it). ";
const std::string keep_id_clause = "start the container with podman's --userns=keep-id --user=1234:1235";

class RootlessSuggestion : public PermissionFailure {
  protected:
    void SetUp() override { STEPDOWN_SKIP_IF(setup_error_of({user_namespace(Setgroups::allowed, rootless)})); }

    std::string data(mode_t mode = 0755) const {
        const std::string path = directory("data", mode);
        give(path, person);
        return path;
    }

    // In the container of a rootless engine, where source is mounted at itself.
    static Command contained(Command command, const std::string& source, const IdMaps& maps = rootless) {
        return mapped(command.after(bind_mount(source, source)), maps);
    }
    static Command mapped(Command command, const IdMaps& maps = rootless) {
        return command.after(user_namespace(Setgroups::allowed, maps)).after(ids(0, 0));
    }
};

TEST_F(RootlessSuggestion, OfABindMountIsToRunAsRootOrWithKeepId) {
    const std::string path = data();
    const std::string denied = path + ": 0:0 0755, uid 1500 cannot write." + root_is;
    const Command asks = dry({"touch", path + "/new"}).with({"GOSU_USER=app"});
    const std::string page = page_of(contained(asks, path));
    EXPECT_THAT(page, HasSubstr(denied + "Set GOSU_USER=root, or " + keep_id_clause + "\n"));
    EXPECT_THAT(page, Not(HasSubstr("GOSU_CHOWN")));
    EXPECT_THAT(page_of(contained(dry({"touch", path + "/new"}).with({"GOSU_USER=root"}), path)),
                Not(HasSubstr("access    argument")));
    const Command kept = dry({"touch", path + "/new"}).with({"GOSU_USER=app"}).after(bind_mount(path, path));
    EXPECT_THAT(page_of(Command(kept).after(user_namespace(Setgroups::allowed, keep_id)).after(ids(1234, 1235))),
                Not(HasSubstr("access    argument")));
}

// As in an image from scratch.
TEST_F(RootlessSuggestion, NamesZeroWhereNoAccountIsRoot) {
    const std::string path = data();
    const Command asks = dry({"touch", path + "/new"}).after(accounts({}, {}));
    const std::string page = page_of(contained(Command(asks).with({"GOSU_USER=1500:1500"}), path));
    EXPECT_THAT(page, HasSubstr(root_is + "Set GOSU_USER=0:0, or start"));
    EXPECT_THAT(page_of(contained(Command(asks).with({"GOSU_USER=0:0"}), path)), Not(HasSubstr("access    argument")));
}

// A start without root would be refused.
TEST_F(RootlessSuggestion, IsNotKeepIdWhereThatIsRefused) {
    const std::string path = data();
    EXPECT_THAT(page_of(contained(dry({"-u", "app", "ls", path}), path)), HasSubstr(root_is + "Give --user root\n"));
    const Command strict = dry({"ls", path}).with({"GOSU_USER=app", "GOSU_STRICT=1"});
    EXPECT_THAT(page_of(contained(strict, path)), HasSubstr(root_is + "Set GOSU_USER=root\n"));
}

TEST_F(RootlessSuggestion, OfADirectoryOnTheWayOpensItOrRunsAsRoot) {
    const std::string path = data(0700);
    make_directory(path + "/below", 0777);
    give(path + "/below", person);
    EXPECT_THAT(page_of(contained(dry({"ls", path + "/below"}).with({"GOSU_USER=app"}), path)),
                AllOf(HasSubstr("cannot enter." + root_is + "Run chmod a+x " + path + ", or set GOSU_USER=root, or "),
                      Not(HasSubstr("GOSU_CHOWN"))));
}

TEST_F(RootlessSuggestion, OfAReadOnlyMountIsTheSame) {
    const std::string path = data(0700);
    const Command asks = dry({"ls", path}).with({"GOSU_USER=app"}).after(read_only(path));
    EXPECT_THAT(page_of(mapped(asks)), HasSubstr("cannot enter." + root_is + "Set GOSU_USER=root, or start"));
}

TEST_F(RootlessSuggestion, WithoutRootIsToStartAsRoot) {
    const std::string path = data();
    const Command asks = contained(dry({"touch", path + "/new"}), path).after(ids(1500, 1500));
    EXPECT_THAT(page_of(asks), HasSubstr("uid 1500 cannot write." + root_is +
                                         "Start the container as root, with GOSU_USER=root, or " + keep_id_clause));
}

TEST_F(RootlessSuggestion, InJsonHasItsKinds) {
    const std::string path = data();
    const Command asks = dry({"--json", "touch", path + "/new"}).with({"GOSU_USER=app"});
    EXPECT_THAT(
        page_of(contained(asks, path)),
        AllOf(HasSubstr(R"({"kind":"setting","text":"set GOSU_USER=root","setting":"GOSU_USER","value":"root"})"),
              HasSubstr(R"({"kind":"user","text":"start the container with podman's)")));
}

// podman run --userns=keep-id --user 0
TEST_F(RootlessSuggestion, OfThePersonsOwnUidIsToRunAsIt) {
    const std::string path = data();
    const std::string page =
        page_of(contained(dry({"touch", path + "/new"}).with({"GOSU_USER=5000:5000"}), path, keep_id));
    EXPECT_THAT(page,
                HasSubstr("1234:1235 0755, uid 5000 cannot write. Set GOSU_USER=@" + path + " to run as its owner\n"));
    EXPECT_EQ(run(contained(stepdown({"-u", "@" + path, "touch", path + "/new"}), path, keep_id)).exit_code, 0);
    EXPECT_EQ(owner(path + "/new"), person);
}

// These are the container's own, whoever owns them.
TEST_F(RootlessSuggestion, OfWhatIsNoBindMountIsToChangeTheOwner) {
    const std::string path = data();
    const Command asks = dry({"touch", path + "/new"}).with({"GOSU_USER=app"});
    const auto told = AllOf(HasSubstr("0:0 0755, uid 1500 cannot write. Set GOSU_CHOWN="), Not(HasSubstr("outside")));
    EXPECT_THAT(page_of(mapped(asks)), told);
    const std::string volume = at("volumes/cache/_data");
    for (const char* each : {"volumes", "volumes/cache", "volumes/cache/_data"}) make_directory(at(each));
    give(volume, person);
    EXPECT_THAT(page_of(mapped(Command(asks).after(bind_mount(volume, path)))), told);
}

// Root is nobody's own id there, or nobody can tell.
TEST_F(RootlessSuggestion, IsNoneWhereRootIsOneOfARange) {
    const std::string path = data();
    const Command asks = dry({"touch", path + "/new"}).with({"GOSU_USER=app"});
    const std::string page = page_of(contained(asks, path, {"0 1234 65536", "0 1235 65536"}));
    EXPECT_THAT(page, AllOf(HasSubstr("cannot write. Set GOSU_CHOWN=" + path + "\n"), Not(HasSubstr("outside"))));
}

}  // namespace
}  // namespace stepdown::test
