// SPDX-License-Identifier: Apache-2.0
// The relocated constants of the running program, which nothing may write to (RELRO, ld(1)).
#include "support/files/etc.h"
#include "support/process/expect.h"
#include "support/process/skip.h"
#include "support/process/strace.h"
#include "support/process/waiting.h"

#include <gtest/gtest.h>

#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

struct Range {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
};

// The whole pages of the segment, counted from the first byte of the file in memory.
Range relro_of(const std::string& file) {
    const std::string bytes = read_file(file);
    ElfW(Ehdr) header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    std::optional<std::uintptr_t> first;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        ElfW(Phdr) segment{};
        std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
        if (segment.p_type == PT_LOAD && !first) first = segment.p_vaddr;
        if (segment.p_type != PT_GNU_RELRO) continue;
        const std::uintptr_t from = segment.p_vaddr - first.value_or(0);
        return {from & ~(page - 1), (from + segment.p_memsz) & ~(page - 1)};
    }
    return {};
}

// A line of /proc/PID/maps (proc(5)).
struct Mapping {
    Range range;
    std::string mode;
    std::string file;
};

std::vector<Mapping> mappings_of(pid_t pid) {
    std::istringstream lines(read_file("/proc/" + std::to_string(pid) + "/maps"));
    std::vector<Mapping> all;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        Mapping mapping;
        char dash = 0;
        std::string offset;
        std::string device;
        std::string inode;
        words >> std::hex >> mapping.range.from >> dash >> mapping.range.to >> mapping.mode >> offset >> device >>
            inode >> mapping.file;
        all.push_back(mapping);
    }
    return all;
}

// It is looked at while it waits for a lock.
TEST(RelocatedConstants, CannotBeWrittenWhileTheProgramRuns) {
    const Range relro = relro_of(programs().stepdown);
    ASSERT_GT(relro.to, relro.from) << "a whole page at least";
    const Etc etc;
    UniqueFd lock = hold_lock(etc / ".pwd.lock");
    Process start(etc.stepdown({"-u", "3000:60", "--passwd-name=me", "true"}));
    ASSERT_TRUE(comes_to_pause(start.pid()));
    const std::vector<Mapping> mappings = mappings_of(start.pid());
    lock = UniqueFd();
    expect_silent_success(start.wait());
    const std::string name = programs().stepdown.substr(programs().stepdown.rfind('/') + 1);
    const auto is_program = [&name](const Mapping& each) { return each.file.ends_with("/" + name); };
    const auto first = std::find_if(mappings.begin(), mappings.end(), is_program);
    ASSERT_NE(first, mappings.end());
    const Range there{first->range.from + relro.from, first->range.from + relro.to};
    std::uintptr_t covered = 0;
    for (const Mapping& each : mappings) {
        const std::uintptr_t from = std::max(each.range.from, there.from);
        const std::uintptr_t to = std::min(each.range.to, there.to);
        if (from >= to) continue;
        EXPECT_EQ(each.mode, "r--p");
        covered += to - from;
    }
    EXPECT_EQ(covered, there.to - there.from);
}

// No command follows: it would be linked under the same fault, and ld.so gives up. So does glibc in a static program.
TEST(RelocatedConstants, ThatCannotBeProtectedStopNoStartWithMusl) {
    STEPDOWN_SKIP_IF(no_strace());
    const Traced traced = run_traced({"-e", "inject=mprotect:error=EPERM"}, stepdown({"--version"}));
    EXPECT_EQ(traced.outcome.exit_code, with_musl ? 0 : 127) << describe(traced.outcome);
    EXPECT_GT(traced.count("mprotect("), 0);
}

}  // namespace
}  // namespace stepdown::test
