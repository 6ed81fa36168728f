// SPDX-License-Identifier: Apache-2.0

#include "stepdown/system/mountinfo.h"

#include "stepdown/base/file.h"
#include "stepdown/base/text.h"
#include "stepdown/system/file_system.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace stepdown {
namespace {

std::uint64_t mount_id(std::string_view line) {
    std::uint64_t id = 0;
    std::from_chars(line.data(), line.data() + line.size(), id);
    return id;
}

// Blanks, line feeds and backslashes are written as three octal digits (proc(5)).
std::string without_escapes(std::string_view field) {
    std::string text;
    for (std::size_t at = 0; at < field.size(); ++at) {
        unsigned code = 0;
        const char* digits = field.data() + at + 1;
        const bool escaped = field[at] == '\\' && at + 3 < field.size() &&
                             std::from_chars(digits, digits + 3, code, 8).ptr == digits + 3;
        text += escaped ? static_cast<char>(code) : field[at];
        if (escaped) at += 3;
    }
    return text;
}

}  // namespace

std::vector<MountPoint> mount_points(std::string_view mountinfo) {
    std::vector<MountPoint> points;
    while (!mountinfo.empty()) {
        const std::string_view line = pop_piece(mountinfo, '\n');
        std::string_view rest = line;
        for (int field = 0; field < 2; ++field) pop_piece(rest, ' ');
        const std::string device(pop_piece(rest, ' '));
        std::string root = without_escapes(pop_piece(rest, ' '));
        if (rest.empty()) continue;
        std::string path = without_escapes(pop_piece(rest, ' '));
        std::string_view options = pop_piece(rest, ' ');
        points.push_back({mount_id(line), std::move(path), device, std::move(root), pop_piece(options, ',') == "ro"});
    }
    return points;
}

bool is_bind_mount(std::string_view mountinfo, std::uint64_t mount) {
    const auto points = mount_points(mountinfo);
    const auto found =
        std::find_if(points.begin(), points.end(), [mount](const MountPoint& each) { return each.mount == mount; });
    if (found == points.end()) return false;
    const std::string_view root(found->root);
    if (root.ends_with("/_data") && root.find("/volumes/") != std::string_view::npos) return false;
    const std::string_view type = mount_type(mountinfo, mount);
    return root != "/" || (type != "tmpfs" && !type.ends_with("overlay") && !type.ends_with("overlayfs"));
}

bool is_bind_mount(std::uint64_t mount) {
    const auto mountinfo = read_kernel_file("/proc/self/mountinfo");
    return mountinfo && is_bind_mount(*mountinfo, mount);
}

}  // namespace stepdown
