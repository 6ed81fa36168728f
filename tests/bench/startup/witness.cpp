// SPDX-License-Identifier: Apache-2.0
// Exits with 0 where all ids are nobody's and there is no other supplementary group, with 1 where all are root's, with
// 2 otherwise: a tool that leaves something out is not to be measured.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

namespace {

bool only(unsigned id, const std::vector<unsigned>& ids) {
    return std::all_of(ids.begin(), ids.end(), [id](unsigned each) { return each == id; });
}

}  // namespace

int main() {
    std::vector<unsigned> ids(6);
    ::getresuid(&ids[0], &ids[1], &ids[2]);
    ::getresgid(&ids[3], &ids[4], &ids[5]);
    std::array<gid_t, 64> groups{};
    const int count = ::getgroups(groups.size(), groups.data());
    if (count < 0) return 2;
    if (only(0, ids)) return 1;
    ids.insert(ids.end(), groups.begin(), groups.begin() + count);
    return only(65534, ids) ? 0 : 2;
}
