// SPDX-License-Identifier: Apache-2.0
// Drops capabilities for good, so that tests of what root may not do do not lie.
#pragma once

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <initializer_list>

namespace stepdown::test {

// As docker-run(1) with --cap-drop ALL and --cap-add each: permitted, effective and bounding, of this thread.
inline bool keep_capabilities(std::initializer_list<int> kept) {
    std::array<__user_cap_data_struct, 2> data{};
    for (const int capability : kept) {
        data[static_cast<unsigned>(capability) / 32].permitted |= 1U << (static_cast<unsigned>(capability) % 32);
    }
    for (auto& half : data) half.effective = half.permitted;
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
        bool is_kept = false;
        for (const int each : kept) is_kept = is_kept || each == capability;
        if (!is_kept && ::prctl(PR_CAPBSET_DROP, capability) != 0) return false;
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    return ::syscall(SYS_capset, &header, data.data()) == 0;
}

}  // namespace stepdown::test
