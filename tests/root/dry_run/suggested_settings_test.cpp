// SPDX-License-Identifier: Apache-2.0
// A suggestion names a setting by its flag where the user gave the flag, and by its variable everywhere else. Each of
// them is carried out to the letter. wordings_test.cpp has the sentences.
#include "support/files/permission_failure.h"
#include "support/process/dry_run_page.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

namespace stepdown::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> arguments_of(const Command& dry_run) { return access_of(dry_run, "argument"); }
std::vector<std::string> streams_of(const Command& dry_run) { return access_of(dry_run, "std"); }
std::vector<std::string> homes_of(const Command& dry_run) { return access_of(dry_run, "HOME"); }

class SuggestedSetting : public PermissionFailure {
  protected:
    [[nodiscard]] std::string volume(Owner owner = {}) const {
        std::string path = directory("volume");
        give(path, owner);
        return path;
    }
    static Command mounted(Command command, const std::string& path) { return command.after(bind_mount(path, path)); }
};

TEST_F(SuggestedSetting, IsAFlagWhereTheFlagWasGiven) {
    const std::string data = volume();
    const std::string other = directory("other");
    const std::string denied = "argument " + data + " | write " + data + " 0:0 0755 | ";
    EXPECT_THAT(arguments_of(dry({"-u", "app", "-c", other, "ls", data})),
                ElementsAre(denied + "setting --chown " + data));
    EXPECT_THAT(arguments_of(dry({"-u", "app", "-c", other, "--chown", data, "ls", data})), IsEmpty());
    const Command by_variable = dry({"ls", data}).with({"GOSU_USER=app", "GOSU_CHOWN=" + other});
    EXPECT_THAT(arguments_of(by_variable), ElementsAre(denied + "setting GOSU_CHOWN " + data));
    EXPECT_THAT(arguments_of(dry({"-u", "app", "ls", data})), ElementsAre(denied + "setting GOSU_CHOWN " + data));
}

TEST_F(SuggestedSetting, IsTheFlagThatBeatsTheVariable) {
    write_file(at("log"), "", 0600);
    const UniqueFd log(::open(at("log").c_str(), O_RDWR | O_CLOEXEC));
    const auto streams = [&](const Words& words) {
        Command command = dry(words);
        command.err = Stream::given(log.get());
        return streams_of(command);
    };
    // A regular file stays as it is in every mode; the pipe of standard output can be opened with "auto".
    const std::string file = "stderr /dev/stderr | write /dev/stderr 0:0 0600 | none";
    EXPECT_THAT(streams({"-u", "app", "true"}), ElementsAre(file));
    const std::string pipe = "stdout /dev/stdout | write /dev/stdout 0:0 0600 | setting ";
    EXPECT_THAT(streams({"-u", "app", "--stdio", "keep", "true"}), ElementsAre(pipe + "--stdio auto", file));
    const Command keeps = dry({"true"}).with({"GOSU_USER=app", "GOSU_STDIO=keep"});
    EXPECT_THAT(streams_of(keeps), testing::Contains(pipe + "GOSU_STDIO auto"));
}

TEST_F(SuggestedSetting, OfAHomeIsTheFlag) {
    const std::string home = at("new");
    const std::string tells = "HOME " + home + " | setting GOSU_MKDIR " + home + " | setting ";
    EXPECT_THAT(homes_of(dry({"-u", "app", "--home", home, "true"})), ElementsAre(tells + "--home /tmp"));
    EXPECT_THAT(homes_of(dry({"true"}).with({"GOSU_USER=app", "GOSU_HOME=" + home})),
                ElementsAre(tells + "GOSU_HOME /tmp"));
}

TEST_F(SuggestedSetting, OfAGroupIsTheFlag) {
    const std::string share = directory("share", 0770);
    give(share, {0, 4000});
    const Command named = dry({"-u", "app", "-g", "games", "cat", share});
    EXPECT_THAT(arguments_of(named),
                ElementsAre("argument " + share + " | search " + share + " 0:4000 0770 | setting --groups @" + share +
                            " | setting GOSU_CHOWN " + share));
    EXPECT_THAT(arguments_of(dry({"-u", "app", "-g", "games", "--groups", "@" + share, "cat", share})), IsEmpty());
}

// The setting of groups splits its value at blanks.
TEST_F(SuggestedSetting, OfAGroupIsItsNumberWhereThePathHasABlank) {
    const std::string share = directory("my share", 0770);
    give(share, {0, 4000});
    EXPECT_THAT(arguments_of(dry({"-u", "app", "cat", share})),
                ElementsAre(testing::EndsWith(" | setting GOSU_GROUPS 4000 | setting GOSU_CHOWN " + share)));
    EXPECT_THAT(arguments_of(dry({"cat", share}).with({"GOSU_USER=app", "GOSU_GROUPS=4000"})), IsEmpty());
}

// Other ids need a user that is named, and no group beside the name.
TEST_F(SuggestedSetting, OfAnOwnerDependsOnHowTheUserIsGiven) {
    struct Case {
        Words user;
        Owner owner;
        std::string remedy;
        Words carried_out;
    };
    const std::string path = at("volume");
    for (const auto& [user, owner, remedy, carried_out] : std::vector<Case>{
             {{"-u", "app"},
              {1700, 1700},
              "GOSU_UID @" + path,
              {"-u", "app", "--uid", "@" + path, "--gid", "@" + path}},
             {{"-u", "app"}, {1700, 0}, "GOSU_UID @" + path, {"-u", "app", "--uid", "@" + path}},
             {{"-u", "app", "--uid", "1600"}, {1700, 0}, "--uid @" + path, {"-u", "app", "--uid", "@" + path}},
             {{"-u", "app:app"}, {1700, 1700}, "--user @" + path, {"--user", "@" + path}},
             {{"-u", "1500"}, {1700, 1700}, "--user @" + path, {"--user", "@" + path}},
             {{"-u", "5000:5000"}, {1700, 0}, "--user 1700:5000", {"--user", "1700:5000"}}}) {
        make_directory(path);
        give(path, owner);
        const auto with = [&](Words words) {
            words.insert(words.end(), {"ls", path});
            return mounted(dry(words), path);
        };
        EXPECT_THAT(arguments_of(with(user)), ElementsAre(HasSubstr(" | setting " + remedy + " | setting GOSU_CHOWN")));
        EXPECT_THAT(arguments_of(with(carried_out)), IsEmpty()) << testing::PrintToString(carried_out);
        ASSERT_EQ(::rmdir(path.c_str()), 0);
    }
}

// Whatever a policy trusts, an operand is walked for itself.
TEST_F(SuggestedSetting, OfAPathThatAPolicyLeavesAloneIsAnOperand) {
    const std::string tree = directory("tree");
    const std::string inner = directory("tree/inner");
    give(tree, app);
    const std::string told = "argument " + inner + " | write " + inner + " 0:0 0755 | setting --chown " + inner;
    for (const char* policy : {"on-root-mismatch", "top"}) {
        const Words words{"-u", "app", "--chown-policy", policy, "-c", tree, "ls", inner};
        Words carried_out = words;
        carried_out.insert(carried_out.begin(), {"--chown", inner});
        EXPECT_THAT(arguments_of(dry(words)), ElementsAre(told)) << policy;
        EXPECT_THAT(arguments_of(dry(carried_out)), IsEmpty()) << policy;
    }
}

TEST_F(SuggestedSetting, OfAnExclusionIsTheListThatIsLeft) {
    const std::string tree = directory("tree");
    const std::string inner = directory("tree/cache", 0700);
    const std::string told = "argument " + inner + " | search " + inner + " 0:0 0700 | setting ";
    const auto by_flag = [&](const Words& added) {
        Words words{"-u", "app", "-c", tree};
        words.insert(words.end(), added.begin(), added.end());
        words.insert(words.end(), {"ls", inner});
        return dry(words);
    };
    EXPECT_THAT(arguments_of(by_flag({"--chown-exclude", inner})), ElementsAre(told + "--chown-exclude"));
    EXPECT_THAT(arguments_of(by_flag({})), IsEmpty());
    const std::string list = ".git " + inner + " -" + at("none");
    const auto by_variable = [&](const std::string& exclude) {
        return dry({"ls", inner}).with({"GOSU_USER=app", "GOSU_CHOWN=" + tree, "GOSU_CHOWN_EXCLUDE=" + exclude});
    };
    const std::string left = ".git -" + at("none");
    EXPECT_THAT(arguments_of(by_variable(list)), ElementsAre(told + "GOSU_CHOWN_EXCLUDE " + left));
    EXPECT_THAT(arguments_of(by_variable(left)), IsEmpty());
    EXPECT_THAT(arguments_of(by_variable("")), IsEmpty()) << "an empty list is none";
}

TEST_F(SuggestedSetting, OfAnExclusionTakesEveryOneThatCoversThePath) {
    const std::string tree = directory("tree");
    const std::string inner = directory("tree/cache");
    const std::string deep = directory("tree/cache/deep");
    make_link(deep, at("link"));
    const auto start = [&](const std::string& exclude) {
        return dry({"ls", deep}).with({"GOSU_USER=app", "GOSU_CHOWN=" + tree, "GOSU_CHOWN_EXCLUDE=" + exclude});
    };
    const std::string told = "argument " + deep + " | write " + deep + " 0:0 0755 | setting GOSU_CHOWN_EXCLUDE";
    for (const std::string& exclude : {inner, at("link"), inner + " " + at("link")}) {
        EXPECT_THAT(arguments_of(start(exclude)), ElementsAre(told)) << exclude;
    }
    EXPECT_THAT(arguments_of(start("")), IsEmpty());
}

// Without the exclusion the path still has no walk.
TEST_F(SuggestedSetting, OfAnExclusionNamesTheOperandOrThePolicyThatIsMissing) {
    const std::string tree = directory("tree");
    const std::string inner = directory("tree/cache");
    const std::string apart = directory("apart");
    const auto page = [&](const Words& added, const std::string& path) {
        Words words{"-u", "app", "-c", tree, "--chown-exclude", path};
        words.insert(words.end(), added.begin(), added.end());
        words.insert(words.end(), {"ls", path});
        return page_of(dry(words));
    };
    const auto taken = [](const std::string& path) { return "Take " + path + " out of --chown-exclude and "; };
    EXPECT_THAT(page({}, apart), HasSubstr(taken(apart) + "add --chown " + apart + "\n"));
    EXPECT_THAT(arguments_of(dry({"-u", "app", "-c", tree, "-c", apart, "ls", apart})), IsEmpty());
    EXPECT_THAT(page({"--chown-policy", "on-root-mismatch"}, inner),
                HasSubstr("Take " + inner + " out of --chown-exclude\n"))
        << "the walk comes there, because the top is not right";
    EXPECT_THAT(page({"--chown-policy", "top"}, inner), HasSubstr(taken(inner) + "add --chown " + inner + "\n"));
    give(tree, app);
    EXPECT_THAT(page({"--chown-policy", "on-root-mismatch"}, inner),
                HasSubstr(taken(inner) + "add --chown " + inner + "\n"));
}

}  // namespace
}  // namespace stepdown::test
