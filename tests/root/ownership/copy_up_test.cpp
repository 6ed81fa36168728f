// SPDX-License-Identifier: Apache-2.0
// The price of a change on a real overlay: what goes from a lower layer into the upper one.
#include "support/files/mount_tree.h"
#include "support/process/skip.h"
#include "support/process/strace.h"

#include <gmock/gmock.h>

#include <iterator>
#include <utility>

namespace stepdown {
namespace {

using test::app;
using test::other;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uintmax_t mebibyte = 1 << 20;

class CopyUp : public test::MountTree {
  protected:
    void SetUp() override {
        MountTree::SetUp();
        if (IsSkipped()) return;
        for (const char* name : {"lower", "layers", "data"}) directory(name, other);
    }
    void fill(const std::string& name, int count) const {
        for (int i = 0; i < count; ++i) file(name + "/" + std::to_string(i), other);
    }
    [[nodiscard]] std::pair<time_t, long> changed(const std::string& name) const {
        const struct stat found = status(name);
        return {found.st_ctim.tv_sec, found.st_ctim.tv_nsec};
    }
    // The kernel's clock for files moves on a few times in a hundredth of a second.
    void make_upper_younger_than(const std::string& name) const {
        do {
            std::filesystem::remove(at("layers/upper"));
            directory("layers/upper", other);
        } while (changed("layers/upper") <= changed(name));
    }
    // On data, as in a container: lower is the image, and the upper layer is new.
    void mount_overlay(const std::string& more = "") const {
        file("stamp");
        ASSERT_EQ(::mount("tmpfs", at("layers").c_str(), "tmpfs", 0, nullptr), 0);
        directory("layers/work", other);
        make_upper_younger_than("stamp");
        const std::string options =
            "lowerdir=" + at("lower") + ",upperdir=" + at("layers/upper") + ",workdir=" + at("layers/work") + more;
        if (::mount("overlay", at("data").c_str(), "overlay", 0, options.c_str()) != 0) ::_exit(test::cannot_run);
    }
    void mount_volume(const std::string& name, int files) const {
        ASSERT_EQ(::mount("tmpfs", at(name).c_str(), "tmpfs", 0, nullptr), 0);
        fill(name, files);
    }
    // The entries that the upper layer holds, its top left out.
    [[nodiscard]] std::uint64_t in_upper() const {
        const std::filesystem::recursive_directory_iterator all(at("layers/upper"));
        return static_cast<std::uint64_t>(std::distance(begin(all), end(all)));
    }
    [[nodiscard]] std::string log_of_a_walk() const {
        const auto ended = test::run(test::command({OWN_PROGRAM, "1000:1001", at("data")}));
        EXPECT_EQ(ended.exit_code, 0) << ended.err;
        return ended.err;
    }
};

TEST_F(CopyUp, IsCountedInAdvanceAndWhenItIsDone) {
    fill("lower/app", 1000);
    directory("lower/volume", other);
    in_mount_namespace([this] {
        mount_overlay();
        mount_volume("data/volume", 50);
        fill("data/new", 30);
        const std::uint64_t before = in_upper();
        const TreePreview preview = preview_trees(plan("data")).at(0);
        EXPECT_EQ(preview.tree.changed, 1U + 1 + 1000 + 1 + 50 + 1 + 30);
        EXPECT_EQ(preview.tree.copied_up, 1U + 1000) << "not the volume, and not what is new";
        EXPECT_EQ(preview.tree.copied_up_bytes, 7U * 1000);
        EXPECT_THAT(preview.warnings, ElementsAre(HasSubstr("1,001 entries of " + at("data") +
                                                            " (less than 1 MiB) would be copied from the image")));
        EXPECT_EQ(in_upper(), before) << "a preview copies nothing";
        EXPECT_THAT(log_of_a_walk(), HasSubstr("warning: 1,001 entries of " + at("data") +
                                               " (less than 1 MiB) were copied from the image's layers"));
        EXPECT_EQ(in_upper() - before, 1001U);
        EXPECT_EQ(log_of_a_walk(), "") << "this container has the copies";
        EXPECT_EQ(preview_trees(plan("data", other)).at(0).tree.copied_up, 0U);
    });
}

TEST_F(CopyUp, OfAThousandEntriesIsNotWorthAWarning) {
    fill("lower/app", 999);
    in_mount_namespace([this] {
        mount_overlay();
        const TreePreview preview = preview_trees(plan("data")).at(0);
        EXPECT_EQ(preview.tree.copied_up, 1000U);
        EXPECT_THAT(preview.warnings, IsEmpty());
        EXPECT_EQ(log_of_a_walk(), "");
        EXPECT_EQ(in_upper(), 1000U);
    });
}

TEST_F(CopyUp, OfOneLargeFileIsWorthAWarning) {
    file("lower/model", other);
    std::filesystem::resize_file(at("lower/model"), 65 * mebibyte);
    in_mount_namespace([this] {
        mount_overlay();
        EXPECT_THAT(log_of_a_walk(), HasSubstr("1 entry of " + at("data") + " (65 MiB) was copied from the image"));
        EXPECT_EQ(std::filesystem::file_size(at("layers/upper/model")), 65 * mebibyte);
    });
}

TEST_F(CopyUp, TakesNoBytesWhereTheOverlayCopiesNoContent) {
    file("lower/model", other);
    std::filesystem::resize_file(at("lower/model"), 65 * mebibyte);
    in_mount_namespace([this] {
        mount_overlay(",metacopy=on,redirect_dir=on");
        const TreePreview preview = preview_trees(plan("data")).at(0);
        EXPECT_EQ(preview.tree.copied_up, 1U);
        EXPECT_EQ(preview.tree.copied_up_bytes, 0U);
        EXPECT_EQ(log_of_a_walk(), "");
        struct stat copy {};
        ASSERT_EQ(::stat(at("layers/upper/model").c_str(), &copy), 0);
        EXPECT_EQ(copy.st_blocks, 0);
    });
}

// A volume of a container whose host is a container itself.
TEST_F(CopyUp, IsNotCountedInAPartOfAnOverlayThatIsMountedAlone) {
    fill("lower/old", 1500);
    directory("lower/part", other);
    std::filesystem::rename(at("lower/old"), at("lower/part/old"));  // older than the top of the volume
    directory("volume");
    in_mount_namespace([this] {
        mount_overlay();
        bind("data/part", "volume");
        const TreePreview preview = preview_trees(plan("volume")).at(0);
        EXPECT_EQ(preview.tree.changed, 1502U);
        EXPECT_EQ(preview.tree.copied_up, 0U);
    });
}

// The size comes with the look at an entry. The mounts are read once.
TEST_F(CopyUp, TakesNoFurtherCallPerEntry) {
    STEPDOWN_SKIP_IF(test::no_strace());
    fill("lower/small", 10);
    fill("lower/large", 110);
    in_mount_namespace([this] {
        mount_overlay();
        const auto calls = [this](const std::string& name) {
            return test::run_traced({"-e", "trace=!mmap,munmap,mprotect,brk,madvise,sigaltstack,futex"},
                                    test::command({OWN_PROGRAM, "1000:1001", at(name)}));
        };
        const auto small = calls("data/small");
        const auto large = calls("data/large");
        EXPECT_EQ(large.calls() - small.calls(), 100 * 2) << large.trace;
        EXPECT_EQ(large.count("/proc/self/mountinfo"), small.count("/proc/self/mountinfo"));
    });
}

}  // namespace
}  // namespace stepdown
