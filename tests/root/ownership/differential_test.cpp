// SPDX-License-Identifier: Apache-2.0
// The same as chown -hR on random trees, less what is right already, which is not touched at all.
#include "stepdown/base/choices.h"

#include "support/files/scratch_tree.h"
#include "support/process/process.h"

#include <cstdint>
#include <map>
#include <random>

namespace stepdown {
namespace {

using test::app;

constexpr int trees = 300;

class LikeChown : public test::ScratchTree {
  protected:
    // A tree that the seed determines.
    void grow(const std::string& top, unsigned seed) const {
        std::minstd_rand random(seed);  // NOLINT: the seed is the test's name for the tree
        std::vector<std::string> directories = {top};
        std::vector<std::string> files;
        directory(top, owner_of(random()), mode_of(random()));
        for (int i = 0; i < 25; ++i) {
            const std::string parent = directories[random() % directories.size()];
            const std::string name = parent + "/" + name_of(random(), i);
            add(name, random, directories, files);
        }
    }

    [[nodiscard]] static std::map<std::string, struct stat> listing(const std::string& top) {
        std::map<std::string, struct stat> found;
        const auto add = [&](const std::filesystem::path& path) {
            struct stat status {};
            EXPECT_EQ(::lstat(path.c_str(), &status), 0);
            found[std::filesystem::relative(path.parent_path(), top) / path.filename()] = status;
        };
        for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) add(entry.path());
        return found;
    }

  private:
    static Owner owner_of(std::uint64_t random) {
        constexpr Owner owners[] = {{0, 0},    {1000, 1001}, {1000, 0},
                                    {0, 1001}, {2000, 2001}, {4000000000U, 4000000001U}};
        return owners[random % std::size(owners)];
    }
    static mode_t mode_of(std::uint64_t random) {
        constexpr mode_t modes[] = {0755, 0644, 0000, 0700, 0600, 04755, 02755, 06777, 01777, 02644};
        return modes[random % std::size(modes)];
    }
    static std::string name_of(std::uint64_t random, int index) {
        const std::string number = std::to_string(index);
        const std::string names[] = {number,
                                     " " + number,
                                     number + "\n",
                                     "-" + number,
                                     "\xff" + number,
                                     "..." + number,
                                     std::string(240, 'x') + number,
                                     "*" + number,
                                     "\\" + number};
        return names[random % std::size(names)];
    }
    void add(const std::string& name, std::minstd_rand& random, std::vector<std::string>& directories,
             std::vector<std::string>& files) const {
        const std::string targets[] = {".", "..", "/", "/etc/passwd", "nowhere", "0"};
        const Owner owner = owner_of(random());
        switch (random() % 8) {
            case 0:
            case 1: return directories.push_back(name), static_cast<void>(directory(name, owner, mode_of(random())));
            case 2: return static_cast<void>(link(name, targets[random() % std::size(targets)], owner));
            case 3: return static_cast<void>(node(name, S_IFIFO, owner));
            case 4:
                if (!files.empty() && ::link(at(files.back()).c_str(), at(name).c_str()) == 0) return;
                [[fallthrough]];
            default: files.push_back(name), file(name, owner, mode_of(random()));
        }
    }
};

TEST_F(LikeChown, OnThreeHundredRandomTrees) {
    for (unsigned seed = 1; seed <= trees; ++seed) {
        grow("ours", seed);
        grow("theirs", seed);
        const auto before = listing(at("ours"));
        OwnershipPlan ours = plan("ours");
        ours.hard_links = HardLinks::allow;
        ASSERT_TRUE(chown_trees(ours));
        ASSERT_EQ(test::run(test::command({"chown", "-hR", "1000:1001", at("theirs")})).exit_code, 0);
        const auto theirs = listing(at("theirs"));
        const auto after = listing(at("ours"));
        ASSERT_EQ(after.size(), theirs.size());
        for (const auto& [name, now] : after) {
            const struct stat& was = before.at(name);
            const bool was_right = was.st_uid == app.uid && was.st_gid == app.gid;
            EXPECT_EQ(now.st_uid, theirs.at(name).st_uid) << seed << " " << name;
            EXPECT_EQ(now.st_gid, theirs.at(name).st_gid) << seed << " " << name;
            EXPECT_EQ(now.st_mode, was_right ? was.st_mode : theirs.at(name).st_mode) << seed << " " << name;
            EXPECT_EQ(now.st_nlink, was.st_nlink);
            EXPECT_EQ(now.st_mtim.tv_nsec, was.st_mtim.tv_nsec);
            const auto changed = now.st_ctim.tv_nsec != was.st_ctim.tv_nsec || now.st_ctim.tv_sec != was.st_ctim.tv_sec;
            EXPECT_EQ(changed, !was_right) << seed << " " << name;
        }
        EXPECT_EQ(owner("ours"), owner("theirs"));
        std::filesystem::remove_all(at("ours"));
        std::filesystem::remove_all(at("theirs"));
    }
}

}  // namespace
}  // namespace stepdown
