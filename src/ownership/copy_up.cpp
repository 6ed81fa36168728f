// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/copy_up.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/system/file_system.h"
#include "stepdown/system/mountinfo.h"
#include "stepdown/system/statx.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace stepdown {
namespace {

bool has_option(std::string_view options, std::string_view option) {
    while (!options.empty()) {
        if (pop_piece(options, ',') == option) return true;
    }
    return false;
}

// The top directory of an overlay is that of its upper layer. 0 if another mount hides it.
std::int64_t birth_of_upper(const std::string& path, std::uint64_t mount) {
    Statx status{};
    const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
    constexpr std::uint32_t mask = statx_mask::btime | statx_mask::mnt_id;
    if (kernel_statx(AT_FDCWD, path.c_str(), flags, mask, status) != 0) return 0;
    if ((status.stx_mask & mask) != mask || status.stx_mnt_id != mount) return 0;
    return status.stx_btime.tv_sec * 1'000'000'000 + status.stx_btime.tv_nsec;
}

std::string size_in_words(std::uint64_t bytes) {
    const std::uint64_t mebibytes = bytes >> 20U;
    return mebibytes == 0 ? "less than 1 MiB" : with_thousands(mebibytes) + " MiB";
}

}  // namespace

std::optional<WholeMount> whole_mount(std::string_view mountinfo, std::uint64_t mount) {
    const auto points = mount_points(mountinfo);
    const auto found =
        std::find_if(points.begin(), points.end(), [mount](const MountPoint& each) { return each.mount == mount; });
    if (found == points.end() || found->root != "/") return std::nullopt;
    return WholeMount{found->path, !has_option(file_system_options(mountinfo, mount), "metacopy=on")};
}

OverlayLayers layers_of_overlay(std::optional<std::uint64_t> mount) {
    if (!mount) return {};
    const auto mountinfo = read_kernel_file("/proc/self/mountinfo");
    const auto whole = mountinfo ? whole_mount(*mountinfo, *mount) : std::nullopt;
    if (!whole) return {};
    return {birth_of_upper(whole->path, *mount), whole->copies_content};
}

std::optional<std::uint64_t> bytes_to_copy_up(const Entry& entry, const OverlayLayers& layers) {
    if (entry.born == 0 || entry.born >= layers.upper_born) return std::nullopt;
    return layers.copies_content && S_ISREG(entry.mode) ? entry.size : 0;
}

std::string copy_up_warning(const TreeReport& tree, Owner owner, Tense tense) {
    constexpr std::uint64_t many_entries = 1000;
    constexpr std::uint64_t many_bytes = std::uint64_t{64} << 20U;
    if (tree.copied_up <= many_entries && tree.copied_up_bytes <= many_bytes) return "";
    constexpr std::string_view reason =
        " copied from the image's layers, because a change of the owner copies the whole file. Each new container "
        "repeats that. Write COPY --chown=";
    return concat({with_thousands(tree.copied_up), tree.copied_up == 1 ? " entry of " : " entries of ",
                   quote(tree.path), " (", size_in_words(tree.copied_up_bytes),
                   tense == Tense::conditional ? ") would be"
                   : tree.copied_up == 1       ? ") was"
                                               : ") were",
                   reason, std::to_string(owner.uid), ":", std::to_string(owner.gid),
                   " in the Dockerfile, or mount a volume there"});
}

}  // namespace stepdown
