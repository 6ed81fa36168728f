// SPDX-License-Identifier: Apache-2.0
// No way back: what a command can regain after every kind of drop is what it was left, and nothing else. Each row of
// the matrix is a start; what it is to come to is worked out here from the contract (SECURITY.md), and the command
// (support/programs/escape.cpp) tries it all.
#include "support/files/temporary.h"
#include "support/process/programs.h"
#include "support/process/steps.h"

#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace stepdown::test {
namespace {

constexpr int cap_kill = 5;
constexpr int cap_setpcap = 8;
constexpr int cap_sys_ptrace = 19;

class Set {
  public:
    Set() = default;
    Set(std::initializer_list<int> capabilities) {
        for (const int each : capabilities) bits_ |= bit(each);
    }
    // What this machine gives root at all.
    static Set bounding() {
        Set set;
        for (int each = 0; ::prctl(PR_CAPBSET_READ, each) >= 0; ++each) {
            if (::prctl(PR_CAPBSET_READ, each) == 1) set.bits_ |= bit(each);
        }
        return set;
    }
    [[nodiscard]] bool has(int capability) const { return (bits_ & bit(capability)) != 0; }
    [[nodiscard]] bool within(Set other) const { return (bits_ & ~other.bits_) == 0; }
    [[nodiscard]] unsigned long long bits() const { return bits_; }
    [[nodiscard]] std::vector<int> numbers() const {
        std::vector<int> result;
        for (int each = 0; each < 64; ++each) {
            if (has(each)) result.push_back(each);
        }
        return result;
    }
    Set operator-(Set other) const { return Set(bits_ & ~other.bits_); }
    Set operator&(Set other) const { return Set(bits_ & other.bits_); }

  private:
    explicit Set(std::uint64_t bits) : bits_(bits) {}
    static std::uint64_t bit(int capability) { return std::uint64_t{1} << static_cast<unsigned>(capability); }
    std::uint64_t bits_ = 0;
};

const Set some{cap_setuid, cap_setgid, cap_setpcap, cap_net_bind_service, cap_dac_override, cap_sys_ptrace, cap_kill};
const Set two{cap_setuid, cap_setgid};

// Who starts it.
struct Start {
    std::string name;
    uid_t uid = 0;
    Set permitted;
    Step step;
};

void PrintTo(const Start& start, std::ostream* out) { *out << start.name; }

const Start starts[] = {
    {"root", 0, Set::bounding(), [] {}},
    {"root with some capabilities", 0, some, without_capabilities((Set::bounding() - some).numbers())},
    {"root with SETUID and SETGID", 0, two, without_capabilities((Set::bounding() - two).numbers())},
    {"uid 1000 with capabilities", 1000, some, ids_with_capabilities(1000, 1000, {20}, some.numbers())},
    {"uid 1000", 1000, {}, ids(1000, 1000, {20})},
};

struct Target {
    std::string spec;
    uid_t uid = 0;
    gid_t gid = 0;
};

struct Kept {
    std::string list;  // empty: not set
    Set set;
};

const Kept lists[] = {
    {"", {}},
    {"none", {}},
    {"net_bind_service", {cap_net_bind_service}},
    {"setuid", {cap_setuid}},
    {"setgid,kill", {cap_setgid, cap_kill}},
    {"sys_ptrace,dac_override", {cap_sys_ptrace, cap_dac_override}},
    {"setpcap,setgid,setuid", {cap_setpcap, cap_setgid, cap_setuid}},
};

enum class NoNewPrivileges { no, yes };
enum class Strict { no, yes };

// What the command is to be left with.
struct Left {
    Target user;
    Set capabilities = {};
    NoNewPrivileges no_new_privileges = NoNewPrivileges::no;
    Set bounding = Set::bounding();
};

std::string expected_output(const Left& left) {
    const auto& [user, kept, no_new, bounding] = left;
    const std::string uid = ' ' + std::to_string(user.uid);
    const std::string gid = ' ' + std::to_string(user.gid);
    std::string text = "uids" + uid + uid + uid + " gids" + gid + gid + gid + '\n';
    const auto add = [&text](const std::string& attempt, bool works) {
        text += attempt + (works ? " worked\n" : " refused\n");
    };
    for (const char* call :
         {"setuid(0)", "seteuid(0)", "setreuid(0,0)", "setresuid(0,0,0)", "setresuid(-1,-1,0)", "setfsuid(0)"}) {
        add(call, kept.has(cap_setuid));
    }
    for (const char* call :
         {"setgid(0)", "setegid(0)", "setregid(0,0)", "setresgid(-1,-1,0)", "setfsgid(0)", "setgroups(0)"}) {
        add(call, kept.has(cap_setgid));
    }
    add("ptrace", kept.has(cap_sys_ptrace));
    add("kill", kept.has(cap_kill));
    add("read", kept.has(cap_dac_override));
    add("set-uid program", no_new == NoNewPrivileges::no);
    // SETPCAP is the right to make anything inheritable that the bounding set has.
    const Set gettable = kept.has(cap_setpcap) ? bounding : kept;
    std::array<char, 64> sets{};
    std::snprintf(sets.data(), sets.size(), "capset %016llx\nambient %016llx\n", gettable.bits(), kept.bits());
    return text + sets.data();
}

struct Row {
    Target target;
    Kept kept;
    NoNewPrivileges no_new_privileges = NoNewPrivileges::no;
    Strict strict = Strict::no;
};

// The settings are variables. Nothing: the start is refused.
std::optional<Left> expected(const Start& start, const Row& row) {
    const bool able = two.within(start.permitted);
    const bool stays = row.target.uid == start.uid || !able;
    if (stays && row.target.uid != start.uid && row.strict == Strict::yes) return {};
    Left left{row.target, {}, row.no_new_privileges};
    if (stays) left.user = {"", start.uid, 1000};
    if (row.kept.list.empty()) {
        left.capabilities = stays ? start.permitted : Set();
        return left;
    }
    const bool whole = row.kept.set.within(start.permitted) && start.permitted.has(cap_setpcap);
    if (!whole && (!stays || row.strict == Strict::yes)) return {};
    left.capabilities = row.kept.set & start.permitted;
    left.bounding = left.capabilities;
    return left;
}

// A process of root's with everything, and files of root's.
class Escape : public testing::TestWithParam<Start> {
  protected:
    void SetUp() override {
        STEPDOWN_SKIP_IF(some.within(Set::bounding()) ? std::nullopt
                                                      : std::optional<std::string>("root lacks capabilities here"));
        write_file(directory_ / "secret", "secret", 0600);
        std::filesystem::copy_file(programs().escape, directory_ / "set-uid");
        ASSERT_EQ(::chmod((directory_ / "set-uid").c_str(), 04755), 0);
        victim_ = ::fork();
        if (victim_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
    }
    void TearDown() override {
        if (victim_ <= 0) return;
        ::kill(victim_, SIGKILL);
        ::waitpid(victim_, nullptr, 0);
    }
    [[nodiscard]] Words escaping(Words words) const {
        words.insert(words.end(),
                     {programs().escape, std::to_string(victim_), directory_ / "secret", directory_ / "set-uid"});
        return words;
    }
    void expect_left(Command command, const std::optional<Left>& left, int refusal) const {
        const Outcome outcome = run(command.after(GetParam().step));
        EXPECT_EQ(outcome.setup_error, "");
        EXPECT_EQ(outcome.exit_code, left ? 0 : refusal) << describe(outcome);
        EXPECT_EQ(outcome.out, left ? expected_output(*left) : "") << outcome.err;
    }

  private:
    TemporaryDirectory directory_;
    pid_t victim_ = -1;
};

std::vector<Row> rows(const Start& start) {
    std::vector<Row> result;
    std::vector<Target> targets{{"app", 1500, 1500}, {"2000:3000", 2000, 3000}};
    if (start.uid == 1000) targets.push_back({"1000:1000", 1000, 1000});
    for (const Target& target : targets) {
        for (const Kept& kept : lists) {
            for (const auto no_new : {NoNewPrivileges::no, NoNewPrivileges::yes}) {
                for (const auto strict : {Strict::no, Strict::yes}) result.push_back({target, kept, no_new, strict});
            }
        }
    }
    return result;
}

// 336 rows over all starts.
TEST_P(Escape, IsShutAsStepdown) {
    for (const Row& row : rows(GetParam())) {
        const bool no_new = row.no_new_privileges == NoNewPrivileges::yes;
        const bool strict = row.strict == Strict::yes;
        SCOPED_TRACE(row.target.spec + ", capabilities '" + row.kept.list + "'" + (no_new ? ", no_new_privs" : "") +
                     (strict ? ", strict" : ""));
        const Command command = stepdown(escaping({}))
                                    .with({"GOSU_USER=" + row.target.spec, "GOSU_CAPS=" + row.kept.list,
                                           std::string("GOSU_NO_NEW_PRIVS=") + (no_new ? "1" : "0"),
                                           std::string("GOSU_STRICT=") + (strict ? "1" : "0")});
        expect_left(command, expected(GetParam(), row), 125);
    }
}

// Whatever the container's variables say.
TEST_P(Escape, IsShutAsAPeer) {
    const bool able = two.within(GetParam().permitted);
    for (const Target& target : {Target{"app", 1500, 1500}, Target{"2000:3000", 2000, 3000}, Target{"games", 5, 60}}) {
        for (const Command& command : {gosu(escaping({target.spec})), su_exec(escaping({target.spec}))}) {
            SCOPED_TRACE(command.argv.at(0) + ' ' + target.spec);
            const std::optional<Left> left = able ? std::optional(Left{target}) : std::nullopt;
            expect_left(Command(command).with({"GOSU_CAPS=setuid", "GOSU_NO_NEW_PRIVS=1", "GOSU_USER=root"}), left, 1);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Starts, Escape, testing::ValuesIn(starts));

}  // namespace
}  // namespace stepdown::test
