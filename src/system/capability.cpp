// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/capability.h"

#include "stepdown/base/text.h"

#include <sys/capability.h>
#include <sys/statvfs.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace stepdown {
namespace {

static_assert(cap_chown == CAP_CHOWN && cap_dac_override == CAP_DAC_OVERRIDE &&
              cap_dac_read_search == CAP_DAC_READ_SEARCH && cap_setgid == CAP_SETGID && cap_setuid == CAP_SETUID &&
              cap_setpcap == CAP_SETPCAP);

struct Free {
    void operator()(void* object) const { ::cap_free(object); }
};
using State = std::unique_ptr<std::remove_pointer_t<cap_t>, Free>;
using Dirent = std::unique_ptr<char, Free>;

CapabilitySet whole(std::uint32_t low, std::uint32_t high) { return CapabilitySet(std::uint64_t{high} << 32 | low); }

// False, with errno, where a capability is none that this kernel knows.
bool set_flags(const State& state, cap_flag_t flag, CapabilitySet set) {
    const std::vector<cap_value_t> raised = set.numbers();
    return raised.empty() ||
           ::cap_set_flag(state.get(), flag, static_cast<int>(raised.size()), raised.data(), CAP_SET) == 0;
}

std::string name_of(int capability) {
    const Dirent name(::cap_to_name(capability));
    return name ? name.get() : std::to_string(capability);
}

constexpr std::string_view prefix = "cap_";

}  // namespace

std::vector<int> CapabilitySet::numbers() const {
    std::vector<int> numbers;
    for (int capability = 0; capability < 64; ++capability) {
        if (has(capability)) numbers.push_back(capability);
    }
    return numbers;
}

Result<CapabilitySets> read_capabilities() {
    // cap_get_proc(3) would ask for the kernel's version with every set it makes: capget(2), once, is half of that.
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words{};
    if (::capget(&header, words.data()) != 0) {
        return credentials_error("cannot read the capabilities of this process", errno);
    }
    const auto [low, high] = words;
    CapabilitySets sets{whole(low.permitted, high.permitted),
                        whole(low.effective, high.effective),
                        whole(low.inheritable, high.inheritable),
                        {}};
    // The kernel keeps ambient within permitted and inheritable: only what is in both is worth a call.
    for (const int capability : (sets.permitted & sets.inheritable).numbers()) {
        if (::cap_get_ambient(capability) == CAP_SET) sets.ambient.add(capability);
    }
    return sets;
}

Result<void> write_capabilities(const CapabilitySets& sets) {
    const State state(::cap_init());
    // This also takes from the ambient set what is no longer both permitted and inheritable.
    if (!state || !set_flags(state, CAP_PERMITTED, sets.permitted) ||
        !set_flags(state, CAP_EFFECTIVE, sets.effective) || !set_flags(state, CAP_INHERITABLE, sets.inheritable) ||
        ::cap_set_proc(state.get()) != 0) {
        return credentials_error("cannot set the capabilities", errno);
    }
    for (const int capability : (sets.permitted & sets.inheritable).numbers()) {
        if (::cap_set_ambient(capability, sets.ambient.has(capability) ? CAP_SET : CAP_CLEAR) != 0) {
            return credentials_error("cannot set the ambient capabilities", errno);
        }
    }
    return {};
}

CapabilitySet read_bounding_set() {
    CapabilitySet set;
    for (cap_value_t capability = 0; capability < ::cap_max_bits(); ++capability) {
        if (::cap_get_bound(capability) == CAP_SET) set.add(capability);
    }
    return set;
}

Result<void> narrow_bounding_set(CapabilitySet kept) {
    for (const int capability : read_bounding_set().numbers()) {
        if (kept.has(capability) || ::cap_drop_bound(capability) == 0) continue;
        return credentials_error("cannot drop " + name_of(capability) + " from the bounding set", errno);
    }
    return {};
}

CapabilitySet capabilities_denied_to(const std::string& file) {
    struct statvfs mount {};
    const State state(::cap_get_file(file.c_str()));
    const bool has_effect = state && ::cap_get_nsowner(state.get()) == 0 && ::statvfs(file.c_str(), &mount) == 0 &&
                            (mount.f_flag & ST_NOSUID) == 0;
    CapabilitySet denied;
    if (!has_effect) return denied;
    const auto has = [&state](cap_value_t capability, cap_flag_t flag) {
        cap_flag_value_t value = CAP_CLEAR;
        return ::cap_get_flag(state.get(), capability, flag, &value) == 0 && value == CAP_SET;
    };
    const auto own = read_capabilities();
    for (cap_value_t capability = 0; capability < ::cap_max_bits(); ++capability) {
        // The effective flag is one bit for all of them.
        if (!has(capability, CAP_PERMITTED) || !has(capability, CAP_EFFECTIVE)) continue;
        const bool is_inherited = has(capability, CAP_INHERITABLE) && own && own->inheritable.has(capability);
        if (!is_inherited && ::cap_get_bound(capability) != CAP_SET) denied.add(capability);
    }
    return denied;
}

std::optional<int> capability_named(std::string_view name) {
    std::string text = to_lower(name);
    if (!text.starts_with(prefix)) text.insert(0, prefix);
    cap_value_t capability = -1;
    // libcap takes numbers, and a name that something follows, too.
    if (::cap_from_name(text.c_str(), &capability) != 0 || name_of(capability) != text) return std::nullopt;
    return capability;
}

std::vector<std::string> capability_names(CapabilitySet set) {
    std::vector<std::string> names;
    for (const int capability : set.numbers()) {
        std::string name = name_of(capability);
        if (name.starts_with(prefix)) name.erase(0, prefix.size());
        names.push_back(to_upper(name));
    }
    return names;
}

[[gnu::cold]] std::string sentence_to_add(const std::vector<std::string>& names) {
    return concat({"Start the container with cap_add: [", join(names, ", "), "]"});
}

CapabilitySet known_capabilities() {
    CapabilitySet set;
    for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) set.add(capability);
    return set;
}

}  // namespace stepdown
