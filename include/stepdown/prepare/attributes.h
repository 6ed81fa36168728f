// SPDX-License-Identifier: Apache-2.0
// Extended attributes of files (xattr(7)).
#pragma once

#include "stepdown/base/result.h"

namespace stepdown {

// Gives the file that is open as to the extended attributes of the one that is open as from. Included are the access
// control list, which is also removed where from has none, and the security label. An attribute that is right already
// is not set: even that would need a right. security.ima and security.evm are left out, because the kernel computes
// them from the file. Errors: ENOTSUP, whatever the kernel said; the message names the attribute and the reason, as
// "its extended attribute … cannot be kept: …".
[[nodiscard]] Result<void> copy_attributes(int from, int to);

}  // namespace stepdown
