// SPDX-License-Identifier: Apache-2.0
// Accounts and owned paths for tests of what depends on them.
#pragma once

#include "stepdown/identity/accounts.h"

#include "support/files/temporary.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <string>

namespace stepdown::test {

// toor is a second root, twin a second app; root is listed in disk, app in audio and video, games in audio.
inline Accounts some_accounts() {
    return {
        "root:x:0:0:root:/root:/bin/bash\n"
        "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
        "games:x:5:60:games:/usr/games:/usr/sbin/nologin\n"
        "app:x:1500:1500:app:/srv/app:/bin/sh\n"
        "twin:x:1500:1700:app:/srv/twin:/bin/sh\n"
        "toor:x:0:0:other root:/toor:/bin/sh\n"
        "nohome:x:1600:1600:::/bin/sh\n",
        "root:x:0:\n"
        "daemon:x:1:\n"
        "disk:x:6:root\n"
        "audio:x:29:app,games\n"
        "video:x:44:app\n"
        "games:x:60:\n"
        "docker:x:999:\n"
        "app:x:1500:app\n"};
}

// A directory in which objects get owners. Needs root.
class OwnedPaths : public testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root to make files of other owners";
    }
    [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }
    // The path of a new file.
    [[nodiscard]] std::string owned_by(uid_t uid, gid_t gid) {
        std::string path = directory_ / std::to_string(++count_);
        write_file(path, "");
        give(path, {uid, gid});
        return path;
    }

  private:
    TemporaryDirectory directory_;
    int count_ = 0;
};

}  // namespace stepdown::test
