#include "stepdown/base/log.h"
#include "stepdown/base/output.h"
#include "stepdown/base/text.h"
#include "stepdown/launch/start_check.h"
#include "stepdown/plan/carry_out.h"
#include "stepdown/plan/inspect.h"
#include "stepdown/plan/run.h"
#include "stepdown/prepare/signals.h"
#include "stepdown/settings/help.h"

namespace stepdown {
namespace {

Result<void> dry_run(Kernel& kernel, const Plan& plan, const Settings& settings, StringVector environment) {
    Findings findings = inspect(kernel, plan, environment);
    if (!settings.left_out.empty()) {
        findings.warnings.push_back(
            join(settings.left_out, ", ") +
            ": left out, for -u over GOSU_USER makes this a call and not the container's start");
    }
    const auto page = settings.page == PageFormat::json ? describe_as_json : describe;
    TRY(print(page(plan, findings, environment)));
    if (findings.problems.empty()) return {};
    return fail("");  // the page has told them all
}

Result<void> start(Kernel& kernel, const Settings& settings, StringVector environment) {
    end_on_signals();
    const Accounts accounts = TRY(read_accounts());
    const Process process = TRY(read_process(kernel, settings));
    const Plan plan = TRY(make_plan(settings, {accounts, process, environment}));
    if (settings.run == Run::dry) return dry_run(kernel, plan, settings, environment);
    return carry_out(kernel, plan, environment);
}

}  // namespace

Result<void> run_natively(Kernel& kernel, StringVector argv, StringVector environment) {
    configure_log(LogLevel::warn, early_log_format());
    TRY(refuse_privileged_install(kernel));
    const CommandLine line = TRY(read_command_line(argv));
    if (TRY(is_asked_for(line, Option::help))) return print(help_text());
    if (TRY(is_asked_for(line, Option::help_all))) return print(help_all_text());
    if (TRY(is_asked_for(line, Option::version))) return print(version_text());
    const LogSettings log = TRY(read_log_settings(line));
    configure_log(log.level, log.format);
    return start(kernel, TRY(read_settings(line)), environment);
}

}  // namespace stepdown
