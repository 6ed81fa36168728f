// SPDX-License-Identifier: Apache-2.0
// A fresh directory with real files of real owners, removed at the end. Needs root.
#pragma once

#include "stepdown/ownership/ownership.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace stepdown::test {

inline constexpr Owner root{0, 0};
inline constexpr Owner app{1000, 1001};
inline constexpr Owner other{2000, 2001};

class ScratchTree : public ::testing::Test {
  protected:
    ScratchTree() = default;
    explicit ScratchTree(std::filesystem::path parent) : parent_(std::move(parent)) {}

    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root to make files of other owners";
        std::string pattern = parent_ / "stepdown-XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        base_ = pattern;
        ASSERT_EQ(::chmod(base_.c_str(), 0755), 0);  // for tests that become somebody else
    }
    void TearDown() override {
        std::error_code ignored;
        if (!base_.empty()) std::filesystem::remove_all(base_, ignored);
    }

    // The absolute path of a name in the scratch directory.
    [[nodiscard]] std::string at(const std::string& name) const { return base_ + "/" + name; }

    // Everything is made with the parents it needs, which belong to the same owner.
    std::string directory(const std::string& name, Owner owner = root, mode_t mode = 0755) const {
        make_parents(name, owner);
        ::mkdir(at(name).c_str(), 0700);
        return given(name, owner, mode);
    }
    std::string file(const std::string& name, Owner owner = root, mode_t mode = 0644) const {
        make_parents(name, owner);
        std::ofstream(at(name)) << "content";
        return given(name, owner, mode);
    }
    std::string link(const std::string& name, const std::string& target, Owner owner = root) const {
        make_parents(name, owner);
        EXPECT_EQ(::symlink(target.c_str(), at(name).c_str()), 0) << name;
        EXPECT_EQ(::lchown(at(name).c_str(), owner.uid, owner.gid), 0);
        return at(name);
    }
    std::string node(const std::string& name, mode_t type, Owner owner = root, dev_t device = 0) const {
        make_parents(name, owner);
        EXPECT_EQ(::mknod(at(name).c_str(), type | 0600, device), 0) << name;
        return given(name, owner, 0600);
    }

    [[nodiscard]] struct stat status(const std::string& name) const {
        struct stat status {};
        EXPECT_EQ(::lstat(at(name).c_str(), &status), 0) << name;
        return status;
    }
    [[nodiscard]] Owner owner(const std::string& name) const {
        const struct stat found = status(name);
        return {found.st_uid, found.st_gid};
    }

    [[nodiscard]] OwnershipPlan plan(const std::string& name, Owner owner = app) const {
        OwnershipPlan made{{{at(name), Presence::required}}, owner};
        made.settings = {"GOSU_CHOWN", "GOSU_CHOWN_ERRORS", "GOSU_CHOWN_HARDLINKS", "GOSU_MKDIR", "GOSU_CHOWN_POLICY"};
        return made;
    }

  private:
    void make_parents(const std::string& name, Owner owner) const {
        const auto slash = name.rfind('/');
        if (slash != std::string::npos && !std::filesystem::exists(at(name.substr(0, slash)))) {
            directory(name.substr(0, slash), owner);
        }
    }
    std::string given(const std::string& name, Owner owner, mode_t mode) const {
        EXPECT_EQ(::lchown(at(name).c_str(), owner.uid, owner.gid), 0) << name;
        EXPECT_EQ(::chmod(at(name).c_str(), mode), 0) << name;
        return at(name);
    }

    std::filesystem::path parent_ = std::filesystem::temp_directory_path();
    std::string base_;
};

}  // namespace stepdown::test

namespace stepdown {
inline void PrintTo(const Owner& owner, std::ostream* out) { *out << owner.uid << ':' << owner.gid; }
}  // namespace stepdown
