#include "stepdown/compat/run.h"

#include "stepdown/base/output.h"
#include "stepdown/compat/plan.h"
#include "stepdown/pipeline/carry_out.h"
#include "stepdown/pipeline/install_check.h"
#include "stepdown/pipeline/process.h"

namespace stepdown {
namespace {

Result<void> give(const PeerReply& reply) {
    if (reply.stream == Stream::out) {
        TRY(print(reply.text));
    } else {
        write_stderr(reply.text);
    }
    if (reply.status == ExitCode::success) return {};
    return fail("", reply.status);
}

Result<void> start(Kernel& kernel, Personality peer, const PeerCall& call, StringVector environment) {
    TRY(refuse_privileged_install(kernel));
    const Accounts accounts = TRY(read_accounts());
    const Process process = TRY(read_process(kernel));
    const Plan plan = TRY(make_peer_plan(peer, call, {accounts, process, environment}));
    return carry_out(kernel, plan, environment);
}

}  // namespace

Result<void> run_as_peer(Kernel& kernel, Personality peer, StringVector argv, StringVector environment) {
    const auto words = read_peer_call(peer, argv);
    if (const auto* reply = std::get_if<PeerReply>(&words)) return give(*reply);
    const auto& call = std::get<PeerCall>(words);
    const Result<void> outcome = start(kernel, peer, call, environment);
    return Failure(in_words_of(peer, call, outcome.error()));
}

}  // namespace stepdown
