// SPDX-License-Identifier: Apache-2.0

#include "stepdown/pipeline/run.h"

#include "stepdown/base/log.h"
#include "stepdown/base/output.h"
#include "stepdown/base/text.h"
#include "stepdown/dry_run/json_page.h"
#include "stepdown/dry_run/preview.h"
#include "stepdown/dry_run/text_page.h"
#include "stepdown/pipeline/carry_out.h"
#include "stepdown/pipeline/install_check.h"
#include "stepdown/pipeline/process.h"
#include "stepdown/plan/make_plan.h"
#include "stepdown/prepare/signals.h"
#include "stepdown/settings/command_hint.h"
#include "stepdown/settings/compat_variables.h"
#include "stepdown/settings/help.h"

#include <algorithm>
#include <utility>

namespace stepdown {
namespace {

// The variables that a call ignores, in words; "" for none.
std::string ignored_variables(const CommandLine& line) {
    if (line.ignored.empty()) return "";
    std::vector<std::string> variables;
    std::vector<std::string> flags;
    for (const OptionDeclaration* declared : line.ignored) {
        variables.emplace_back(declared->variable);
        flags.emplace_back(declared->long_flag());
    }
    return concat({"ignored ", join(variables, ", "),
                   ": -u makes this a call inside a container, because it is not the container's start. "
                   "Leave out -u, so that GOSU_USER counts, or give ",
                   join(flags, ", ")});
}

// A child of process 1, or of a process outside, may be meant as the container's start. Other calls are made by
// somebody who is inside the container.
void report_ignored(const std::string& words, Parent parent) {
    if (words.empty()) return;
    if (parent == Parent::other) return log_info(words);
    log_warn({MessageId::settings_ignored, words});
}

// Returns true if anything depends on the parent, which is looked up only then.
bool needs_parent(const CommandLine& line, const Process& process) {
    const auto& user = line[Option::user];
    if (!user || user->origin != Origin::flag) return false;
    return has_entrypoint_variables(line) ||
           std::any_of(process.groups.begin(), process.groups.end(), [&](gid_t group) { return group != process.gid; });
}

// A dry run by flag may ask about everything but the command. One by variable stands for the container's own start,
// which would have no other command.
void judge_request(const Settings& settings, Findings& findings) {
    const RawValue& asked = *settings.raw_value(Option::dry_run);
    const bool has_command = *settings.command != nullptr;
    if (asked.origin == Origin::variable) {
        findings.warnings.push_back(
            {MessageId::command_not_run,
             concat({asked.label, " makes this a dry run, so nothing was changed and no command was run"})});
        if (!has_command) findings.problems.push_back(as_message(refuse_without_command().value()));
    } else if (!has_command) {
        findings.warnings.push_back(
            {MessageId::command_missing, "no command is given, and the start needs one. Write it after the options"});
    }
}

Result<void> dry_run(Kernel& kernel, const Plan& plan, const Settings& settings, StringVector environment,
                     const std::string& ignored) {
    Findings findings = preview(kernel, plan, environment);
    if (!ignored.empty()) findings.warnings.push_back({MessageId::settings_ignored, ignored});
    judge_request(settings, findings);
    const auto page = settings.page == PageFormat::json ? json_page : text_page;
    TRY(print(page(plan, findings, environment)));
    if (findings.problems.empty()) return {};
    return fail(MessageId::other, "");  // the page names them all
}

// Without the account files nothing else can be looked up.
[[gnu::cold]] Failure refuse_accounts(const Settings& settings, const Error& error) {
    Mistakes mistakes = settings.mistakes;
    mistakes.push_back(as_message(error));
    return refuse_mistakes(std::move(mistakes));
}

Result<void> start(Kernel& kernel, CommandLine& line, StringVector environment) {
    Process process = TRY(read_process(kernel));
    const Parent parent = needs_parent(line, process) ? find_parent() : Parent::none;
    decide_invocation(line, parent);
    if (line.has(Option::compat)) add_compat_variables(line);
    const Settings settings = read_settings(line);
    if (settings.capabilities) process.bounding = kernel.bounding_set();
    end_on_signals();
    const Result<Accounts> accounts = read_accounts();
    if (!accounts) return refuse_accounts(settings, accounts.error());
    const Plan plan = make_plan(settings, {*accounts, process, environment});
    const std::string ignored = ignored_variables(line);
    if (settings.run == Run::dry) return dry_run(kernel, plan, settings, environment, ignored);
    if (plan.errors.empty()) report_ignored(ignored, parent);
    return carry_out(kernel, plan, environment);
}

}  // namespace

Result<void> run_pipeline(Kernel& kernel, StringVector argv, StringVector environment) {
    configure_log(LogLevel::warn, early_log_format());
    TRY(refuse_privileged_install(kernel));
    // Not by TRY, which would hold the line twice: a start pays for each page of stack that it touches.
    Result<CommandLine> read = read_command_line(argv);
    if (!read) return Failure(read.error());
    CommandLine& line = *read;
    if (TRY(is_asked_for(line, Option::help))) return print(help_text());
    if (TRY(is_asked_for(line, Option::help_all))) return print(help_all_text());
    if (TRY(is_asked_for(line, Option::version))) return print(version_text());
    const LogSettings log = read_log_settings(line);
    configure_log(log.level, log.format);
    return start(kernel, line, environment);
}

}  // namespace stepdown
