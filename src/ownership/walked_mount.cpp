// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/walked_mount.h"

#include "stepdown/ownership/mapped_mount.h"
#include "stepdown/ownership/report.h"
#include "stepdown/system/file_system.h"

#include <cerrno>

namespace stepdown {
namespace {

constexpr std::uint64_t full_limit = 16;
constexpr std::uint64_t refused_limit = 256;

}  // namespace

bool Mount::holds(const Entry& entry) const {
    return id_ && id_ == entry.mount && (!entry.is_directory() || entry.id.device == device_);
}

bool Mount::is_like(const Entry& entry, MountKind kind) const {
    return id_ == entry.mount && device_ == entry.id.device && (id_ || kind_ == kind);
}

bool Mount::lacks(Owner owner, int fd) {
    std::call_once(is_asked_, [&] { lacks_owner_ = lacks_owner(fd, owner); });
    return lacks_owner_;
}

bool Mount::is_first_doubt(int fd) {
    bool is_doubtful = false;
    std::call_once(is_doubt_asked_, [&] { is_doubtful = may_refuse_owners(fd); });
    return is_doubtful;
}

std::optional<std::uint64_t> Mount::bytes_to_upper(const Entry& entry) {
    std::call_once(are_layers_asked_, [&] { layers_ = layers_of_overlay(id_); });
    return stepdown::bytes_to_copy_up(entry, layers_);
}

bool Mount::give_up(GivenUp why) {
    GivenUp no = GivenUp::no;
    return given_up_.compare_exchange_strong(no, why, std::memory_order_relaxed);
}

GivenUp Mount::failed(int number, bool lacks_cap_chown, int fd) {
    switch (number) {
        case EROFS: return kind_ == MountKind::read_only || is_read_only(fd) ? GivenUp::read_only : GivenUp::no;
        case ENOSPC:
        case EDQUOT: return ++full_ >= full_limit ? GivenUp::full : GivenUp::no;
        case EPERM:
            // Checked once, at the limit. An immutable file is refused every time and says nothing about its mount.
            if (++refused_ != refused_limit || has_success_.load(std::memory_order_relaxed)) return GivenUp::no;
            return lacks_cap_chown || may_refuse_owners(fd) ? GivenUp::refused : GivenUp::no;
        case no_effect: return GivenUp::without_effect;
        default: return GivenUp::no;
    }
}

}  // namespace stepdown
