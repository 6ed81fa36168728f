// SPDX-License-Identifier: Apache-2.0

#include "stepdown/pipeline/process.h"

namespace stepdown {

Result<Process> read_process(Kernel& kernel) {
    const StartIds ids = kernel.start_ids();
    std::vector<gid_t> groups = TRY(kernel.groups());
    const CapabilitySets capabilities = TRY(kernel.capabilities());
    return Process{ids.effective_uid, ids.effective_gid, std::move(groups), capabilities.effective,
                   capabilities.permitted};
}

}  // namespace stepdown
