// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/only_name.h"

#include "support/files/temporary.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>

namespace stepdown {
namespace {

class OnlyNameOfAFile : public ::testing::Test {
  protected:
    void SetUp() override {
        test::write_file(at("file"), "");
        directory_ = UniqueFd(::open(scratch_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        pin_ = *Syscalls::pin(directory_.get(), "file");
    }
    [[nodiscard]] std::string at(const char* name) const { return scratch_ / name; }
    void link(const char* from, const char* to) const { ASSERT_EQ(::link(at(from).c_str(), at(to).c_str()), 0); }
    void unlink(const char* name) const { ASSERT_EQ(::unlink(at(name).c_str()), 0); }
    void rename(const char* from, const char* to) const { ASSERT_EQ(::rename(at(from).c_str(), at(to).c_str()), 0); }

    // What is seen through the pin, when it is old enough for the check not to look again by itself.
    [[nodiscard]] Entry look() {
        const Entry entry = *calls_.look(pin_.get(), "");
        while (!is_old(entry)) ::sched_yield();
        return entry;
    }
    [[nodiscard]] static bool is_old(const Entry& entry) {
        timespec now{};
        ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
        return now.tv_sec * 1'000'000'000 + now.tv_nsec > entry.changed + 20'000'000;
    }
    [[nodiscard]] bool holds(const Entry& entry, const char* name = "file") {
        const std::uint64_t mount = calls_.look(directory_.get(), "")->mount.value();
        return *only_name_.holds({directory_.get(), mount, name, pin_.get()}, entry);
    }

    test::TemporaryDirectory scratch_;
    UniqueFd directory_;
    UniqueFd pin_;
    Syscalls calls_;
    AsOwner access_{calls_};
    OnlyName only_name_{access_};
};

TEST_F(OnlyNameOfAFile, IsTheOneNameThatItHas) { EXPECT_TRUE(holds(look())); }

TEST_F(OnlyNameOfAFile, IsWaitedForWhereTheFileIsNew) {
    EXPECT_TRUE(holds(*calls_.look(pin_.get(), "")));
    EXPECT_EQ(::access(at("file").c_str(), F_OK), 0);
}

TEST_F(OnlyNameOfAFile, IsNotOneOfTwo) {
    link("file", "other");
    EXPECT_FALSE(holds(look()));
}

TEST_F(OnlyNameOfAFile, IsNotOneThatIsGone) {
    link("file", "other");
    unlink("file");
    EXPECT_FALSE(holds(look()));
}

TEST_F(OnlyNameOfAFile, IsNotOneThatLeadsToAnotherFile) {
    link("file", "other");
    test::write_file(at("new"), "");
    rename("new", "file");
    EXPECT_FALSE(holds(look()));
}

// The count and the name are the same at both times. What lies between is how a removal looks that is held for a while.
TEST_F(OnlyNameOfAFile, IsNotOneThatWasLinkedAndRemovedMeanwhile) {
    const Entry entry = look();
    link("file", "other");
    unlink("file");
    rename("other", "file");
    EXPECT_FALSE(holds(entry));
}

TEST_F(OnlyNameOfAFile, CannotBeToldWhereTheFileSystemKeepsNoCtime) {
    Entry entry = look();
    entry.changed = 0;
    EXPECT_FALSE(holds(entry));
}

TEST_F(OnlyNameOfAFile, CannotBeToldWhereTheFileWasChangedInTheFuture) {
    Entry entry = look();
    entry.changed += 3'600'000'000'000;
    EXPECT_FALSE(holds(entry));
}

TEST_F(OnlyNameOfAFile, CannotBeToldWhereTheMountIsUnknown) {
    Entry entry = look();
    entry.mount.reset();
    EXPECT_FALSE(holds(entry));
}

TEST_F(OnlyNameOfAFile, CannotBeToldWhereTheLinksAreNotCounted) {
    Entry entry = look();
    entry.links = 0;
    EXPECT_FALSE(holds(entry));
}

}  // namespace
}  // namespace stepdown
