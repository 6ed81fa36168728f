// SPDX-License-Identifier: Apache-2.0
// Running as root once, in an image whose variables prepare for another user.
#pragma once

#include "stepdown/plan/plan.h"
#include "stepdown/settings/settings.h"

#include <optional>
#include <string>

namespace stepdown {

// Returns true if the user of settings is root, by name or as 0, and this process is root or can become it.
[[nodiscard]] bool becomes_root(const Settings& settings, const Process& process);

struct RootSettings {
    Settings settings;
    std::string warning;
};

// settings without those that come from a variable and prepare for another user: uid, gid, passwd-name, mkdir, chown
// and home. `docker run -e GOSU_USER=root IMAGE sh` must not take a volume away from the user that the image is made
// for. mkdir counts where uid 0 is an ordinary uid outside (uid_map in user_namespaces(7)). The warning names what is
// left out, and the flags that do it for root. Nothing: becomes_root is false, or no such setting is there.
[[nodiscard]] std::optional<RootSettings> settings_for_root(const Settings& settings, const Process& process);

}  // namespace stepdown
