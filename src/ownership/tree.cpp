#include "stepdown/ownership/tree.h"

#include "stepdown/ownership/threads.h"
#include "stepdown/ownership/walker.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

constexpr std::size_t most_open_directories = 256;  // more than sensible trees are deep; a deeper one is parked

// What the descriptors of this process allow.
struct Room {
    std::size_t threads;
    std::size_t open_directories;  // a thread
};

Room make_room(const OwnershipRun& run, std::size_t threads) {
    constexpr std::size_t others = 32;  // standard streams, operands, inherited ones
    constexpr std::size_t sensible = 8;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = 0;
    const std::size_t free = limit.rlim_cur > others ? limit.rlim_cur - others : 0;
    if (free / threads < sensible) threads = 1;
    const std::size_t each = std::clamp<std::size_t>(free / threads, 2, most_open_directories);
    return {threads, run.open_directories != 0 ? run.open_directories : each};
}

std::size_t wanted_threads(const OwnershipRun& run, MountKind kind) {
    return run.threads != 0 ? run.threads : worth_threads(kind);
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

// Everything below top. Returns how many threads worked on it.
std::size_t walk_below(const std::shared_ptr<Directory>& top, Walk& walk, const OwnershipRun& run) {
    constexpr std::size_t at_most = 16;  // what the first thread, which walks alone at first, leaves room for
    const std::size_t open = make_room(run, at_most).open_directories;
    const auto threads = [&] { return make_room(run, wanted_threads(run, top->mount->kind)).threads; };
    Pool* shared = nullptr;
    Pool pool(threads, [&] { Walker(walk, *shared, top, open).help(); });
    shared = &pool;
    Walker(walk, pool, top, open).run();
    pool.finish();
    return pool.size();
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
    walk.report().worked_by(walk_below(top, walk, run));
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
