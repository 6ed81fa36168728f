// SPDX-License-Identifier: Apache-2.0
// A scratch tree with mounts in it.
#pragma once

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"

#include <sys/mount.h>

namespace stepdown::test {

// Bodies run in a mount namespace of their own.
class MountTree : public ScratchTree {
  protected:
    static void in_mount_namespace(const std::function<void()>& body) {
        const int code = in_child([&body] {
            if (::unshare(CLONE_NEWNS) != 0) return cannot_run;
            if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return cannot_run;
            body();
            return 0;
        });
        if (code == cannot_run) GTEST_SKIP() << "needs the right to mount";
    }
    void bind(const std::string& source, const std::string& target, unsigned long flags = 0) const {
        ASSERT_EQ(::mount(at(source).c_str(), at(target).c_str(), nullptr, MS_BIND, nullptr), 0) << target;
        if (flags == 0) return;
        ASSERT_EQ(::mount(nullptr, at(target).c_str(), nullptr, MS_BIND | MS_REMOUNT | flags, nullptr), 0) << target;
    }
};

}  // namespace stepdown::test
