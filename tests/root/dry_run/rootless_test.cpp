// SPDX-License-Identifier: Apache-2.0
// The suggestions of the dry run under a rootless engine. A change of the owner would take the files away from the
// person who runs it. wordings_test.cpp has the sentences.
#include "support/files/permission_failure.h"
#include "support/process/dry_run_page.h"
#include "support/process/expect.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Owner person{1234, 1235};

class RootlessSuggestion : public PermissionFailure {
  protected:
    void SetUp() override { STEPDOWN_SKIP_IF(setup_error_of({user_namespace(Setgroups::allowed, rootless)})); }

    // A directory of the person's.
    std::string data(mode_t mode = 0755) const {
        const std::string path = directory("data", mode);
        give(path, person);
        return path;
    }

    // In the container of a rootless engine, as root there.
    static Command contained(Command command, const IdMaps& maps = rootless) {
        return command.after(user_namespace(Setgroups::allowed, maps)).after(ids(0, 0));
    }
    // The same, where source is mounted at path.
    static Command mounted(Command command, const std::string& source, const std::string& path,
                           const IdMaps& maps = rootless) {
        return contained(command.after(bind_mount(source, path)), maps);
    }
    static std::vector<std::string> arguments(const Command& command) { return access_of(command, "argument"); }
    static std::string denied(const std::string& permission, const std::string& path, const std::string& whose) {
        return "argument " + path + " | " + permission + " " + path + " " + whose;
    }
};

TEST_F(RootlessSuggestion, OfABindMountIsToRunAsRootOrWithKeepId) {
    const std::string path = data();
    const Command asks = dry({"ls", path}).with({"GOSU_USER=app"});
    EXPECT_THAT(arguments(mounted(asks, path, path)),
                ElementsAre(denied("write", path, "0:0 0755 | setting GOSU_USER root | user")));
    EXPECT_THAT(arguments(mounted(dry({"ls", path}).with({"GOSU_USER=root"}), path, path)), IsEmpty());
    Command kept = Command(asks).after(bind_mount(path, path)).after(user_namespace(Setgroups::allowed, keep_id));
    EXPECT_THAT(arguments(kept.after(ids(1234, 1235))), IsEmpty());
}

// An image from scratch has no account files.
TEST_F(RootlessSuggestion, NamesZeroWhereNoAccountIsRoot) {
    const std::string path = data();
    const Command asks = dry({"ls", path}).after(accounts({}, {}));
    EXPECT_THAT(arguments(mounted(Command(asks).with({"GOSU_USER=1500:1500"}), path, path)),
                ElementsAre(denied("write", path, "0:0 0755 | setting GOSU_USER 0:0 | user")));
    EXPECT_THAT(arguments(mounted(Command(asks).with({"GOSU_USER=0:0"}), path, path)), IsEmpty());
}

// A start without root would be refused.
TEST_F(RootlessSuggestion, IsNotKeepIdWhereThatIsRefused) {
    const std::string path = data();
    EXPECT_THAT(arguments(mounted(dry({"-u", "app", "ls", path}), path, path)),
                ElementsAre(denied("write", path, "0:0 0755 | setting --user root")));
    const Command strict = dry({"ls", path}).with({"GOSU_USER=app", "GOSU_STRICT=1"});
    EXPECT_THAT(arguments(mounted(strict, path, path)),
                ElementsAre(denied("write", path, "0:0 0755 | setting GOSU_USER root")));
}

TEST_F(RootlessSuggestion, OfADirectoryOnTheWayOpensItOrRunsAsRoot) {
    const std::string path = data(0700);
    const std::string below = path + "/below";
    make_directory(below, 0777);
    give(below, person);
    EXPECT_THAT(arguments(mounted(dry({"ls", below}).with({"GOSU_USER=app"}), path, path)),
                ElementsAre("argument " + below + " | search " + path + " 0:0 0700 | chmod chmod a+x " + path +
                            " | setting GOSU_USER root | user"));
}

TEST_F(RootlessSuggestion, OfAReadOnlyMountIsTheSame) {
    const std::string path = data(0700);
    const Command asks = dry({"ls", path}).with({"GOSU_USER=app"}).after(read_only(path));
    EXPECT_THAT(arguments(contained(asks)),
                ElementsAre(denied("search", path, "0:0 0700 | setting GOSU_USER root | user")));
}

TEST_F(RootlessSuggestion, WithoutRootIsToStartAsRoot) {
    const std::string path = data();
    EXPECT_THAT(arguments(mounted(dry({"ls", path}), path, path).after(ids(1500, 1500))),
                ElementsAre(denied("write", path, "0:0 0755 | user | user")));
}

// podman run --userns=keep-id --user 0
TEST_F(RootlessSuggestion, OfThePersonsOwnUidIsToRunAsIt) {
    const std::string path = data();
    const Command asks = dry({"ls", path}).with({"GOSU_USER=5000:5000"});
    EXPECT_THAT(arguments(mounted(asks, path, path, keep_id)),
                ElementsAre(denied("write", path, "1234:1235 0755 | setting GOSU_USER @" + path)));
    EXPECT_EQ(run(mounted(stepdown({"-u", "@" + path, "touch", path + "/new"}), path, path, keep_id)).exit_code, 0);
    EXPECT_EQ(owner(path + "/new"), person);
}

// These are the container's own, whoever owns them.
TEST_F(RootlessSuggestion, OfWhatIsNoBindMountIsToChangeTheOwner) {
    const std::string path = data();
    const Command asks = dry({"ls", path}).with({"GOSU_USER=app"});
    const auto told = ElementsAre(denied("write", path, "0:0 0755 | setting GOSU_CHOWN " + path));
    EXPECT_THAT(arguments(contained(asks)), told);
    const std::string volume = at("volumes/cache/_data");
    for (const char* each : {"volumes", "volumes/cache", "volumes/cache/_data"}) make_directory(at(each));
    give(volume, person);
    EXPECT_THAT(arguments(mounted(asks, volume, path)), told);
}

// Root is nobody's own id there, as under dockerd --userns-remap and in a pod with a user namespace.
TEST_F(RootlessSuggestion, IsNoneWhereRootIsOneOfARange) {
    const std::string path = data();
    const Command asks = dry({"ls", path}).with({"GOSU_USER=app"});
    EXPECT_THAT(arguments(mounted(asks, path, path, {"0 1234 65536", "0 1235 65536"})),
                ElementsAre(denied("write", path, "0:0 0755 | setting GOSU_CHOWN " + path)));
}

}  // namespace
}  // namespace stepdown::test
