#include "stepdown/ownership/tree.h"

#include "stepdown/ownership/walker.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

// More than any sensible tree is deep; a deeper one is parked.
constexpr std::size_t most_open_directories = 256;

std::size_t open_directories(const OwnershipRun& run) {
    constexpr rlim_t others = 32;  // what the process holds besides: standard streams, operands, inherited ones
    if (run.open_directories != 0) return run.open_directories;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= others) return 2;
    return std::clamp<std::size_t>(limit.rlim_cur - others, 2, most_open_directories);
}

// The tree's top as the walk sees it; for a file, a stand-in.
std::shared_ptr<Directory> make_top(Tree& tree, Walk& walk) {
    auto top = std::make_shared<Directory>();
    top->place = PlaceRef(tree.path);
    top->entry = tree.entry;
    top->mount = &walk.top_mount(mount_id(tree.entry), tree.mount);
    top->is_top = true;
    return top;
}

void own_file(Tree& tree, Walk& walk) {
    Changer changer(walk);
    const auto top = make_top(tree, walk);
    changer.count_entry();
    // Its links may have become more since the operands were vetted.
    const auto entry = walk.calls().look(tree.fd.get(), "");
    if (entry) top->entry = *entry;
    top->fd = std::move(tree.fd);
    changer.treat_self(*top);
    changer.flush();
}

void own_directory(Tree& tree, Walk& walk, const OwnershipRun& run) {
    Changer changer(walk);
    const auto top = make_top(tree, walk);
    changer.count_entry();
    auto fd = walk.calls().open_directory(tree.fd.get(), ".", Mounts::enter);
    if (!fd) {
        changer.failed(Act::open, fd.error(), *top);
        return changer.flush();
    }
    top->fd = *std::move(fd);
    Walker(walk, open_directories(run)).run(top);
    if (!walk.stopped()) changer.treat_self(*top);
    changer.flush();
}

}  // namespace

void work_on(Tree& tree, Circumstances& circumstances, Report& report) {
    Walk walk(circumstances.calls(), circumstances.rules(), circumstances.plan().mounts, circumstances.mode(),
              circumstances.run().stop, report);
    if (!tree.entry.is_directory()) return own_file(tree, walk);
    own_directory(tree, walk, circumstances.run());
}

}  // namespace stepdown
