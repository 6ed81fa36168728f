// SPDX-License-Identifier: Apache-2.0
// Every stage names a setting as the user wrote it: by the flag, or by the variable.

#include "support/plan/named_settings.h"

#include "support/files/temporary.h"
#include "support/process/expect.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace stepdown::test {
namespace {

using testing::HasSubstr;

class NamedSettings : public testing::Test {
  protected:
    // What a start of app says to given, all of it in that form.
    static std::string said_to(GivenSettings given, Origin origin, const Words& sealed = {}) {
        given.emplace_back(Option::user, "app");
        Words words = as_words(given, origin);
        Words variables;
        if (origin == Origin::variable) variables.swap(words);
        words.emplace_back("true");
        Command command = stepdown(words);
        for (const std::string& variable : variables) command.with({variable});
        for (const std::string& directory : sealed) command.after(read_only(directory));
        return run(command).err;
    }

    // Both starts say this in their form, and name no setting in the other one.
    static void expect(const GivenSettings& given, const std::string& of_flag, const std::string& of_variable,
                       const Words& sealed = {}) {
        for (const auto& [origin, words] : {std::pair(Origin::flag, of_flag), {Origin::variable, of_variable}}) {
            const std::string said = said_to(given, origin, sealed);
            EXPECT_THAT(said, HasSubstr(words));
            EXPECT_TRUE(names_as(origin, said)) << said;
        }
    }

    [[nodiscard]] std::string at(const std::string& name) const { return base_ / name; }
    [[nodiscard]] const std::string& base() const { return base_.path(); }

  private:
    TemporaryDirectory base_;
};

TEST_F(NamedSettings, OfAnOperandThatIsRefusedAreThoseOfTheStart) {
    expect({{Option::chown, "/proc"}}, "Leave it out of --chown\n", "Leave it out of GOSU_CHOWN\n");
    for (const char* path : {"/", "/etc", "/usr"}) {
        expect({{Option::chown, path}}, ". In --chown, name the director", ". In GOSU_CHOWN, name the director");
    }
}

TEST_F(NamedSettings, OfAnOperandThatIsMissingAreThoseOfTheStart) {
    const std::string path = at("missing");
    const std::string dash = "Write -" + path + " in ";
    expect({{Option::chown, path}}, dash + "--chown if it need not exist, or give --mkdir " + path + " to create it\n",
           dash + "GOSU_CHOWN if it need not exist, or set GOSU_MKDIR=" + path + " to create it\n");
}

TEST_F(NamedSettings, OfAnEntryThatCannotBeChangedAreThoseOfTheStart) {
    const std::string file = at("file");
    write_file(file, "");
    expect({{Option::chown, file}}, "Make it writable, or leave it out of --chown\n",
           "Make it writable, or leave it out of GOSU_CHOWN\n", {base()});
    expect({{Option::chown, file}}, ". Give --chown-errors warn to start all the same\n",
           ". Set GOSU_CHOWN_ERRORS=warn to start all the same\n", {base()});
}

TEST_F(NamedSettings, OfFilesWithSeveralNamesAreThoseOfTheStart) {
    make_directory(at("tree"));
    write_file(at("tree/one"), "");
    ASSERT_EQ(::link(at("tree/one").c_str(), at("two").c_str()), 0);
    expect({{Option::chown, at("tree")}, {Option::chown_hardlinks, "refuse"}},
           ". Give --chown-hardlinks allow to change their owner all the same\n",
           ". Set GOSU_CHOWN_HARDLINKS=allow to change their owner all the same\n");
}

TEST_F(NamedSettings, OfADirectoryThatIsMeantOtherwiseAreThoseOfTheStart) {
    const std::string path = at("a;");
    const auto said = [&path](const std::string& name) { return "warning: " + name + " creates " + path + ". "; };
    EXPECT_THAT(said_to({{Option::mkdir, path}}, Origin::flag), HasSubstr(said("--mkdir")));
    ASSERT_EQ(::rmdir(path.c_str()), 0);
    EXPECT_THAT(said_to({{Option::mkdir, path}}, Origin::variable), HasSubstr(said("GOSU_MKDIR")));
}

}  // namespace
}  // namespace stepdown::test
