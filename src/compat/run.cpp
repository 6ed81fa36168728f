// SPDX-License-Identifier: Apache-2.0

#include "stepdown/compat/run.h"

#include "stepdown/base/output.h"
#include "stepdown/compat/plan.h"
#include "stepdown/pipeline/carry_out.h"
#include "stepdown/pipeline/install_check.h"
#include "stepdown/pipeline/process.h"

namespace stepdown {
namespace {

Result<void> print_reply(const UsageText& reply) {
    if (reply.stream == Stream::out) {
        TRY(print(reply.text));
    } else {
        write_stderr(reply.text);
    }
    if (reply.status == ExitCode::success) return {};
    return fail(MessageId::other, "", reply.status);
}

Result<void> start(Kernel& kernel, Applet applet, const CompatCommand& call, StringVector environment) {
    TRY(refuse_privileged_install(kernel));
    const Accounts accounts = TRY(read_accounts());
    const Process process = TRY(read_process(kernel));
    const Plan plan = TRY(make_compat_plan(applet, call, {accounts, process, environment}));
    return carry_out(kernel, plan, environment);
}

}  // namespace

Result<void> run_applet(Kernel& kernel, Applet applet, StringVector argv, StringVector environment) {
    const auto words = read_compat_command(applet, argv);
    if (const auto* reply = std::get_if<UsageText>(&words)) return print_reply(*reply);
    const auto& call = std::get<CompatCommand>(words);
    const Result<void> outcome = start(kernel, applet, call, environment);
    return Failure(in_style_of(applet, call, outcome.error()));
}

}  // namespace stepdown
