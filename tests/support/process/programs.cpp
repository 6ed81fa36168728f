// SPDX-License-Identifier: Apache-2.0

#include "support/process/programs.h"

#include "support/files/temporary.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace stepdown::test {
namespace {

// The build under test, or that of another machine which this one emulates (tests/architectures.sh).
std::string binary() {
    const char* other = std::getenv("STEPDOWN_TESTS_BINARY");
    return other != nullptr ? other : STEPDOWN_BINARY;
}

Programs install(const TemporaryDirectory& directory) {
    Programs result{directory.path(),      directory / "stepdown", directory / "gosu",
                    directory / "su-exec", directory / "probe",    directory / "escape"};
    std::filesystem::copy_file(binary(), result.stepdown);
    std::filesystem::copy_file(STEPDOWN_PROBE, result.probe);
    std::filesystem::copy_file(STEPDOWN_ESCAPE, result.escape);
    make_link("stepdown", result.gosu);
    make_link("stepdown", result.su_exec);
    return result;
}

Command with_test_accounts(Command command) {
    return command.after(private_mounts()).after(accounts(test_passwd, test_group));
}

// Every child is given ids, mounts or capabilities that only root can give. A listener, not an environment: gtest 1.12
// calls tests that an environment skipped passed.
class NeedsRoot : public testing::EmptyTestEventListener {
  public:
    void OnTestStart(const testing::TestInfo& /*test*/) override {
        STEPDOWN_SKIP_IF(::geteuid() == 0 ? std::nullopt : std::optional<std::string>("this needs root"));
    }
};

// gtest owns what it is given.
const bool listening = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new NeedsRoot);
    return true;
}();

}  // namespace

const char* const test_passwd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "games:x:5:60:games:/usr/games:/usr/sbin/nologin\n"
    "app:x:1500:1500:app:/srv/app:/bin/sh\n"
    "toor:x:0:0:other root:/toor:/bin/sh\n"
    "nohome:x:1600:1600:::/bin/sh\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";

const char* const test_group =
    "root:x:0:\n"
    "daemon:x:1:\n"
    "disk:x:6:root\n"
    "audio:x:29:app,games\n"
    "video:x:44:app\n"
    "games:x:60:\n"
    "docker:x:999:\n"
    "app:x:1500:\n"
    "nogroup:x:65534:\n";

const Programs& programs() {
    static const TemporaryDirectory directory;
    static const Programs result = install(directory);
    return result;
}

Command stepdown(const Words& words) { return with_test_accounts(command(programs().stepdown, "stepdown", words)); }
Command gosu(const Words& words) { return with_test_accounts(command(programs().gosu, "gosu", words)); }
Command su_exec(const Words& words) { return with_test_accounts(command(programs().su_exec, "su-exec", words)); }

Words and_see(Words words) {
    words.push_back(programs().probe);
    words.emplace_back("see");
    return words;
}

Words and_open(Words words) {
    words.insert(words.end(), {programs().probe, "open", "/dev/stdout", "/dev/stderr"});
    return words;
}

}  // namespace stepdown::test
