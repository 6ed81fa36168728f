#include "stepdown/base/capability.h"

#include <sys/capability.h>

#include <cctype>
#include <cerrno>
#include <memory>

namespace stepdown {
namespace {

static_assert(cap_chown == CAP_CHOWN && cap_setgid == CAP_SETGID && cap_setuid == CAP_SETUID);

struct CapFree {
    void operator()(void* held) const { ::cap_free(held); }
};
using CapState = std::unique_ptr<std::remove_pointer_t<cap_t>, CapFree>;

CapabilitySet members(cap_t state, cap_flag_t flag) {
    CapabilitySet set;
    for (cap_value_t value = 0; value < cap_max_bits(); ++value) {
        cap_flag_value_t is_set = CAP_CLEAR;
        if (::cap_get_flag(state, value, flag, &is_set) == 0 && is_set == CAP_SET) set.add(value);
    }
    return set;
}

// The kernel keeps ambient within permitted and inheritable: only what is in both is worth a prctl(2).
CapabilitySet ambient_members(CapabilitySet permitted, CapabilitySet inheritable) {
    CapabilitySet set;
    for (cap_value_t value = 0; value < cap_max_bits(); ++value) {
        if (!permitted.has(value) || !inheritable.has(value)) continue;
        if (::cap_get_ambient(value) == CAP_SET) set.add(value);
    }
    return set;
}

}  // namespace

std::string capability_name(int capability) {
    constexpr std::string_view prefix = "cap_";
    const std::unique_ptr<char, CapFree> name(::cap_to_name(capability));
    std::string text = name ? name.get() : std::to_string(capability);
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

Result<CapabilitySets> read_capabilities() {
    const CapState state(::cap_get_proc());
    if (!state) return system_error("cannot read the capabilities of this process", errno);
    CapabilitySets sets;
    sets.permitted = members(state.get(), CAP_PERMITTED);
    sets.effective = members(state.get(), CAP_EFFECTIVE);
    sets.inheritable = members(state.get(), CAP_INHERITABLE);
    sets.ambient = ambient_members(sets.permitted, sets.inheritable);
    return sets;
}

Result<void> clear_capabilities() {
    // Ambient first: with the others gone the kernel would empty it too, but kernels without it answer EINVAL.
    if (::cap_reset_ambient() != 0 && errno != EINVAL) return system_error("cannot clear the ambient capabilities", errno);
    const CapState nothing(::cap_init());
    if (!nothing || ::cap_set_proc(nothing.get()) != 0) return system_error("cannot clear the capabilities", errno);
    return {};
}

}  // namespace stepdown
