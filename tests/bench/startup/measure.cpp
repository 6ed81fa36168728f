// SPDX-License-Identifier: Apache-2.0
// measure CONTENDERS COMMAND WITNESS ROUNDS: the time from posix_spawn(3) to the exit of COMMAND, started by every
// contender once a round, in another order each round. Each has to start WITNESS under the right ids first.
// Prints a line for each, "NAME,,ROUNDS,MINIMUM,MEDIAN,,FAULTS": times in microseconds, and the median number of page
// faults without I/O (ru_minflt of getrusage(2)), all of the tool and the command together.
#include "contenders.h"

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>

namespace stepdown::bench {
namespace {

struct StartCosts {
    std::vector<double> microseconds;
    std::vector<long> faults;
};

struct StartCost {
    int status = -1;
    double microseconds = 0;
    long faults = 0;
};

StartCost start(const CommandStart& call) {
    StartCost ended;
    pid_t child = 0;
    struct rusage usage {};
    const auto begin = std::chrono::steady_clock::now();
    if (::posix_spawn(&child, call.file(), nullptr, nullptr, call.argv(), call.envp()) != 0) return ended;
    if (::wait4(child, &ended.status, 0, &usage) != child) ended.status = -1;
    ended.microseconds = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
    ended.faults = usage.ru_minflt;
    return ended;
}

// WITNESS exits with 0 as nobody, with 1 as root.
bool has_right_ids(const Contender& contender, const std::string& witness) {
    const int status = start(CommandStart(contender, witness)).status;
    if (WIFEXITED(status) && WEXITSTATUS(status) == (contender.changes_user ? 0 : 1)) return true;
    std::fprintf(stderr, "%s: the command has the wrong ids, or could not be started as nobody (%#x)\n",
                 contender.name.c_str(), static_cast<unsigned>(status));
    return false;
}

bool run(const std::vector<Contender>& contenders, const std::string& command, std::vector<StartCosts>& costs) {
    static std::mt19937 random(1);
    std::vector<std::size_t> order(contenders.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t i : order) {
        const StartCost ended = start(CommandStart(contenders[i], command));
        if (ended.status != 0) {
            std::fprintf(stderr, "%s: wait status %#x\n", contenders[i].name.c_str(),
                         static_cast<unsigned>(ended.status));
            return false;
        }
        costs[i].microseconds.push_back(ended.microseconds);
        costs[i].faults.push_back(ended.faults);
    }
    return true;
}

void print(const Contender& contender, StartCosts& costs) {
    std::sort(costs.microseconds.begin(), costs.microseconds.end());
    std::sort(costs.faults.begin(), costs.faults.end());
    const std::size_t middle = costs.faults.size() / 2;
    std::printf("%s,,%zu,%.1f,%.1f,,%ld\n", contender.name.c_str(), costs.microseconds.size(),
                costs.microseconds.front(), costs.microseconds[middle], costs.faults[middle]);
}

int measure(const std::vector<Contender>& contenders, const std::string& command, const std::string& witness,
            int rounds) {
    stay_on_one_core();
    bool right = true;
    for (const auto& contender : contenders) right = has_right_ids(contender, witness) && right;
    if (!right) return 1;
    std::vector<StartCosts> warm_up(contenders.size());
    std::vector<StartCosts> costs(contenders.size());
    for (int i = 0; i < 10; ++i) {
        if (!run(contenders, command, warm_up)) return 1;
    }
    for (int i = 0; i < rounds; ++i) {
        if (!run(contenders, command, costs)) return 1;
    }
    for (std::size_t i = 0; i < contenders.size(); ++i) print(contenders[i], costs[i]);
    return 0;
}

}  // namespace
}  // namespace stepdown::bench

int main(int argc, char** argv) {
    const auto contenders = argc == 5 ? stepdown::bench::read_contenders(argv[1]) : std::nullopt;
    if (!contenders) {
        std::fputs("usage: measure CONTENDERS COMMAND WITNESS ROUNDS\n", stderr);
        return 2;
    }
    return stepdown::bench::measure(*contenders, argv[2], argv[3], std::atoi(argv[4]));
}
