// SPDX-License-Identifier: Apache-2.0
// One operand from its first look to the change of its top directory.
#pragma once

#include "stepdown/ownership/context.h"
#include "stepdown/ownership/operand.h"
#include "stepdown/ownership/report.h"

namespace stepdown {

// Changes the owners of tree and everything below it, or previews that. The failures are in the report.
void work_on(Tree& tree, OwnershipContext& context, Report& report);

}  // namespace stepdown
