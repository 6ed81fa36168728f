// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/mapped_mount.h"

#include "stepdown/base/text.h"
#include "stepdown/system/statx.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace stepdown {
namespace {

// Linux 6.1 lacks these in linux/mount.h. The numbers of newer calls are the same on all architectures.
constexpr long sys_statmount = 457;
constexpr std::uint64_t statmount_id_maps = 0x6000;  // STATMOUNT_MNT_UIDMAP and STATMOUNT_MNT_GIDMAP

// struct mnt_id_req.
struct Request {
    std::uint32_t size = sizeof(Request);
    std::uint32_t spare = 0;
    std::uint64_t mount = 0;
    std::uint64_t wanted = statmount_id_maps;
};

struct IdMap {
    std::uint32_t count = 0;   // of strings
    std::uint32_t offset = 0;  // of the first one in Answer::text
};

// struct statmount. A map of more extents than there is room for is not told.
struct Answer {
    std::uint64_t sizes = 0;
    std::uint64_t found = 0;
    std::array<std::uint64_t, 17> others{};
    IdMap uids;
    IdMap gids;
    std::array<std::uint64_t, 43> spare{};
    std::array<char, 4096> text{};
};
static_assert(offsetof(Answer, uids) == 152 && offsetof(Answer, text) == 512);

bool lacks(const Answer& answer, const IdMap& map, id_t id) {
    const std::string_view text(answer.text.data(), answer.text.size());
    return map.offset < text.size() && !is_on_outer_side(map.count, text.substr(map.offset), id);
}

std::uint64_t number_in(std::string_view& line) { return parse_id(pop_piece(line, ' ')).value_or(0); }

}  // namespace

bool is_on_outer_side(unsigned count, std::string_view map, id_t id) {
    for (unsigned each = 0; each < count; ++each) {
        std::string_view extent = pop_piece(map, '\0');
        number_in(extent);
        const std::uint64_t first = number_in(extent);
        if (id >= first && id - first < number_in(extent)) return true;
    }
    return false;
}

bool lacks_owner(int fd, Owner owner) {
    Statx status{};
    if (kernel_statx(fd, "", AT_EMPTY_PATH, statx_mask::mnt_id_unique, status) != 0) return false;
    if ((status.stx_mask & statx_mask::mnt_id_unique) == 0) return false;
    Request request;
    request.mount = status.stx_mnt_id;
    Answer answer;
    if (::syscall(sys_statmount, &request, &answer, sizeof answer, 0) != 0) return false;
    if ((answer.found & statmount_id_maps) != statmount_id_maps) return false;
    return lacks(answer, answer.uids, owner.uid) || lacks(answer, answer.gids, owner.gid);
}

}  // namespace stepdown
