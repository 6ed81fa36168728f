// SPDX-License-Identifier: Apache-2.0
// own UID:GID [OPTION]... [--] [-]PATH...: the ownership engine as a program of its own, for tests that watch a whole
// process, and for measuring. Ends like stepdown: 0, or 125 with the error; 128+N when stopped by a signal.
#include "stepdown/base/log.h"
#include "stepdown/base/out_of_memory.h"
#include "stepdown/base/text.h"
#include "stepdown/ownership/ownership.h"
#include "stepdown/prepare/signals.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace stepdown {
namespace {

struct Arguments {
    OwnershipPlan plan;
    OwnershipRun run;
    bool preview = false;
};

bool take_option(Arguments& arguments, std::string_view word) {
    OwnershipPlan& plan = arguments.plan;
    constexpr std::string_view threads = "--threads=";
    constexpr std::string_view alone = "--alone=";
    constexpr std::string_view exclude = "--exclude=";
    if (word == "--preview") return arguments.preview = true;
    if (word == "--error") return configure_log(LogLevel::error, LogFormat::text), true;
    if (word == "--json") return configure_log(LogLevel::warn, LogFormat::json), true;
    if (word == "--info") return configure_log(LogLevel::info, LogFormat::text), true;
    if (word == "--warn") return plan.errors = ChownErrors::warn, true;
    if (word == "--one-file-system") return plan.mounts = Mounts::stay, true;
    if (word == "--on-root-mismatch") return plan.policy = ChownPolicy::on_root_mismatch, true;
    if (word.starts_with(exclude)) {
        const std::string excluded(word.substr(exclude.size()));
        plan.excluded.setting = "--exclude";
        if (excluded.find('/') == std::string::npos) return plan.excluded.names.push_back(excluded), true;
        return plan.excluded.paths.push_back({excluded, Presence::optional}), true;
    }
    if (word == "--top") return plan.policy = ChownPolicy::top, true;
    if (word == "--hardlinks=allow") return plan.hard_links = HardLinks::allow, true;
    if (word == "--hardlinks=refuse") return plan.hard_links = HardLinks::refuse, true;
    if (word.starts_with(alone)) {
        arguments.run.entries_alone = parse_id(word.substr(alone.size())).value_or(0);
        return true;
    }
    if (!word.starts_with(threads)) return false;
    arguments.run.threads = parse_id(word.substr(threads.size())).value_or(0);
    return true;
}

bool take_owner(Arguments& arguments, std::string_view word) {
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) return false;
    const auto uid = parse_id(word.substr(0, colon));
    const auto gid = parse_id(word.substr(colon + 1));
    arguments.plan.owner = {uid.value_or(0), gid.value_or(0)};
    return uid && gid;
}

void print(const TreePreview& preview) {
    const TreeReport& tree = preview.tree;
    std::printf("%s entries=%ju changed=%ju skipped=%ju failed=%ju threads=%zu %s\n", preview.operand.c_str(),
                static_cast<std::uintmax_t>(tree.entries), static_cast<std::uintmax_t>(tree.changed),
                static_cast<std::uintmax_t>(tree.skipped), static_cast<std::uintmax_t>(tree.failed), tree.threads,
                preview.note.c_str());
    for (const std::string& problem : preview.problems) std::printf("  %s\n", problem.c_str());
}

int run(const Arguments& arguments) {
    if (arguments.preview) {
        for (const TreePreview& preview : preview_trees(arguments.plan, arguments.run)) print(preview);
        return 0;
    }
    const auto outcome = chown_trees(arguments.plan, arguments.run);
    if (outcome) return 0;
    log_error(outcome.error().message);
    return static_cast<int>(outcome.error().code);
}

}  // namespace
}  // namespace stepdown

int main(int argc, char** argv) {
    stepdown::end_when_out_of_memory("own: out of memory\n", 125);
    stepdown::end_on_signals();
    stepdown::Arguments arguments;
    arguments.plan.settings = {"GOSU_CHOWN", "GOSU_CHOWN_ERRORS", "GOSU_CHOWN_HARDLINKS", "GOSU_MKDIR",
                               "GOSU_CHOWN_POLICY"};
    int at = 1;
    if (at >= argc || !stepdown::take_owner(arguments, argv[at++])) return 2;
    while (at < argc && stepdown::take_option(arguments, argv[at])) ++at;
    if (at < argc && std::string_view(argv[at]) == "--") ++at;
    for (; at < argc; ++at) {
        const bool optional = argv[at][0] == '-';
        arguments.plan.operands.push_back(
            {argv[at] + (optional ? 1 : 0), optional ? stepdown::Presence::optional : stepdown::Presence::required});
    }
    return stepdown::run(arguments);
}
