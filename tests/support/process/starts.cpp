// SPDX-License-Identifier: Apache-2.0

#include "support/process/starts.h"

#include "support/process/seen.h"
#include "support/process/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

namespace stepdown::test {
namespace {

constexpr Owner user{5000, 5000};
const char* const new_line = "fresh:x:5000:5000:fresh:/:/sbin/nologin\n";
const char* const new_group_line = "fresh:x:5000:\n";

// 125: failed; 126: the command cannot be executed; 127: not found, or ended by the C library before main.
const std::set<int> ours{125, 126, 127};
const std::set<int> peers{1, 127};

}  // namespace

Traces::Traces(const std::string& more) : passwd_(test_passwd + more) {
    make_directory(tree());
    for (int i = 0; i < 3; ++i) write_file(tree() + "/" + std::to_string(i), "");
    reset();
}

void Traces::reset() const {
    write_file("/etc/passwd", passwd_);
    write_file("/etc/group", test_group);
    std::filesystem::remove(new_directory());
    for (const auto& entry : std::filesystem::directory_iterator(tree())) give(entry.path(), {0, 0});
    give(tree(), {0, 0});
}

void Traces::expect_nothing_half() const {
    using testing::AnyOf;
    const std::string group = test_group;
    EXPECT_THAT(read_file("/etc/passwd"), AnyOf(passwd_, passwd_ + new_line));
    EXPECT_THAT(read_file("/etc/group"), AnyOf(group, group + new_group_line));
    if (status(new_directory())) {
        EXPECT_EQ(owner(new_directory()), user);
    }
}

bool Traces::is_tree_the_users() const { return owner(tree()) == user; }

void Traces::expect_all() const {
    EXPECT_EQ(owner(new_directory()), user);
    EXPECT_EQ(owner(tree()), user);
    for (const auto& entry : std::filesystem::directory_iterator(tree())) EXPECT_EQ(owner(entry.path().string()), user);
}

std::vector<TroubledStart> troubled_starts(const Traces& traces) {
    const Programs& all = programs();
    return {
        {"everything",
         all.stepdown,
         "stepdown",
         {"-u", "5000:5000", "--passwd-name=fresh", "-m", traces.new_directory(), "-c", traces.tree(), "-g", "docker",
          "--umask=027", "--caps=net_bind_service", "--no-new-privs"},
         "5000:5000 999",
         ours},
        {"app", all.stepdown, "stepdown", {"-u", "app"}, "1500:1500 29 44", ours},
        {"app by gosu", all.gosu, "gosu", {"app"}, "1500:1500 29 44", peers},
        {"app by su-exec", all.su_exec, "su-exec", {"app"}, "1500:1500 29 44 1500", peers},
    };
}

Command command_of(const TroubledStart& start) {
    Words words = start.words;
    words.insert(words.end(), {programs().probe, "ids"});
    return command(start.file, start.argv0, words);
}

rlim_t smallest_address_space() {
    constexpr rlim_t page = 4096;
    constexpr rlim_t enough = 16'384 * page;
    for (rlim_t bytes = 64 * page; bytes < enough; bytes += page) {
        Command version = command(programs().stepdown, "stepdown", {"--version"});
        if (run(version.after(limit(RLIMIT_AS, bytes, bytes))).exit_code == 0) return bytes;
    }
    throw std::runtime_error(programs().stepdown + " does not start with 64 MiB of memory");
}

void expect_whole(const Outcome& outcome, const TroubledStart& start) {
    EXPECT_EQ(outcome.setup_error, "");
    EXPECT_FALSE(outcome.timed_out);
    EXPECT_EQ(outcome.signal, 0) << describe(outcome);
    if (outcome.exit_code == 0) {
        EXPECT_EQ(Seen(outcome.out).ids(), start.ids) << describe(outcome);
    } else {
        EXPECT_TRUE(start.failures.contains(outcome.exit_code)) << describe(outcome);
        EXPECT_EQ(outcome.out, "") << describe(outcome);
    }
}

}  // namespace stepdown::test
