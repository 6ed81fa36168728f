#include "stepdown/base/capability.h"

#include <sys/capability.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>

namespace stepdown {
namespace {

static_assert(cap_chown == CAP_CHOWN && cap_setgid == CAP_SETGID && cap_setuid == CAP_SETUID);

// capget(2) and capset(2) hold a set of 64 as two halves.
using Halves = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;
constexpr unsigned half_bits = 32;

// libcap's own calls would do, but linking them runs its constructor, which costs every start six prctl(2).
__user_cap_header_struct header() { return {_LINUX_CAPABILITY_VERSION_3, 0}; }

CapabilitySet whole(std::uint32_t low, std::uint32_t high) {
    return CapabilitySet(low | std::uint64_t{high} << half_bits);
}

std::uint32_t half(CapabilitySet set, std::size_t index) {
    return static_cast<std::uint32_t>(set.bits() >> (half_bits * index));
}

int ambient(unsigned long action, int capability) { return ::prctl(PR_CAP_AMBIENT, action, capability, 0, 0); }

// The kernel keeps ambient within permitted and inheritable: only what is in both is worth a prctl(2).
template <typename Visit>
void for_each_possible_ambient(CapabilitySet permitted, CapabilitySet inheritable, Visit visit) {
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
        if (permitted.has(capability) && inheritable.has(capability)) visit(capability);
    }
}

}  // namespace

Result<CapabilitySets> read_capabilities() {
    auto version = header();
    Halves data{};
    if (::capget(&version, data.data()) != 0) {
        return system_error("cannot read the capabilities of this process", errno);
    }
    CapabilitySets sets;
    sets.permitted = whole(data[0].permitted, data[1].permitted);
    sets.effective = whole(data[0].effective, data[1].effective);
    sets.inheritable = whole(data[0].inheritable, data[1].inheritable);
    for_each_possible_ambient(sets.permitted, sets.inheritable, [&sets](int capability) {
        if (ambient(PR_CAP_AMBIENT_IS_SET, capability) == 1) sets.ambient.add(capability);
    });
    return sets;
}

Result<void> write_capabilities(const CapabilitySets& sets) {
    auto version = header();
    Halves data{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        data[i] = {half(sets.effective, i), half(sets.permitted, i), half(sets.inheritable, i)};
    }
    // This also takes from the ambient set what is no longer both permitted and inheritable.
    if (::capset(&version, data.data()) != 0) return system_error("cannot set the capabilities", errno);
    int failed = 0;
    for_each_possible_ambient(sets.permitted, sets.inheritable, [&](int capability) {
        const unsigned long action = sets.ambient.has(capability) ? PR_CAP_AMBIENT_RAISE : PR_CAP_AMBIENT_LOWER;
        if (ambient(action, capability) != 0) failed = errno;
    });
    if (failed != 0) return system_error("cannot set the ambient capabilities", failed);
    return {};
}

}  // namespace stepdown
