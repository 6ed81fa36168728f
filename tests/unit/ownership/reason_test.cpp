// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/reason.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace stepdown {
namespace {

Facts facts(const std::string& type = "ext4") {
    Facts facts;
    facts.wanted = {1000, 1001};
    facts.has_capability = true;
    facts.file_system = "file system (" + type + ")";
    facts.chown = "--chown";
    return facts;
}

TEST(Reason, OfARefusedChangeIsTheOneThatWasFound) {
    Facts found = facts();
    EXPECT_EQ(reason(Operation::change, EPERM, found), "The file system (ext4) refuses");
    found.may_have_no_mapping = true;
    EXPECT_EQ(
        reason(Operation::change, EPERM, found),
        "Its owner or group may be one that is not mapped in this user namespace, or the file system (ext4) refuses");
    found.has_capability = false;
    EXPECT_EQ(reason(Operation::change, EPERM, found), "The capability CHOWN is missing");
    found.has_no_mapping = true;
    EXPECT_EQ(reason(Operation::change, EPERM, found), "Its owner or group is not mapped in this user namespace");
    found.is_immutable = true;
    EXPECT_EQ(reason(Operation::change, EPERM, found), "It is immutable or append-only (chattr(1))");
}

TEST(Reason, NamesRootSquashForNfsAlone) {
    EXPECT_EQ(reason(Operation::change, EPERM, facts("nfs4")),
              "The file system (nfs4) refuses, which NFS does by root_squash (exports(5))");
    EXPECT_EQ(reason(Operation::change, EPERM, facts("fuse.sshfs")), "The file system (fuse.sshfs) refuses");
}

TEST(Reason, OfADeniedAccessIsTheCapabilityOnlyWhereThatIsMissing) {
    Facts found = facts("fuse");
    EXPECT_EQ(reason(Operation::open, EACCES, found), "A security module or the file system (fuse) refuses");
    found.has_capability = false;
    EXPECT_EQ(reason(Operation::open, EACCES, found), "The capability DAC_READ_SEARCH is missing");
    // A rename writes the directory, which a directory of mode 0500 does not allow its owner.
    EXPECT_EQ(reason(Operation::count_names, EACCES, found), "The capability DAC_OVERRIDE is missing");
    EXPECT_EQ(reason(Operation::count_names, EPERM, found),
              "renameat(2) is forbidden, by a seccomp profile or a security module");
    found.has_no_mapping = true;
    EXPECT_EQ(reason(Operation::open, EACCES, found), "Its owner or group is not mapped in this user namespace");
}

TEST(Reason, OfAReadOnlyEntrySaysWhereItIsMountedWritable) {
    Facts found = facts("btrfs");
    EXPECT_EQ(reason(Operation::change, EROFS, found), "The file system (btrfs) says so of this entry alone");
    found.is_read_only = true;
    EXPECT_EQ(reason(Operation::change, EROFS, found), "Make it writable, or leave it out of --chown");
}

TEST(Reason, OfAnOwnerThatCannotBeTakenSaysWhoLacksIt) {
    Facts found = facts("nfs4");
    EXPECT_EQ(reason(Operation::change, EINVAL, found), "The file system (nfs4) refuses uid 1000 or gid 1001");
    EXPECT_EQ(reason(Operation::change, EOVERFLOW, found), "The mount maps ids, and has none for uid 1000 or gid 1001");
    found.unmapped = "uid 1000 is not mapped in this user namespace";
    EXPECT_EQ(reason(Operation::change, EINVAL, found), found.unmapped);
}

TEST(Reason, IsNoneWhereNothingIsKnown) {
    EXPECT_EQ(reason(Operation::change, EIO, facts()), "");
    EXPECT_EQ(reason(Operation::look, EPERM, facts()), "");
    EXPECT_EQ(reason(Operation::open, EROFS, facts()), "");
}

TEST(UnmappedTarget, IsNoneWhereTheIdsAreMapped) { EXPECT_EQ(unmapped_target({0, 0}), ""); }

}  // namespace
}  // namespace stepdown
