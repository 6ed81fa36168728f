// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/tree.h"

#include "stepdown/ownership/thread_count.h"
#include "stepdown/ownership/walker.h"
#include "stepdown/system/user_namespace.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

namespace stepdown {
namespace {

// Sensible trees are less deep. In a deeper one the walk closes ancestors.
constexpr std::size_t most_open_directories = 256;

// The room that the limit of descriptors leaves.
struct Room {
    std::size_t threads;
    std::size_t open_directories;  // a thread
};

Room make_room(const OwnershipRun& run, std::size_t threads) {
    constexpr std::size_t others = 32;  // standard streams, operands, inherited ones
    constexpr std::size_t sensible = 8;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = 0;
    const rlim_t free = limit.rlim_cur > others ? limit.rlim_cur - others : 0;
    if (free / threads < sensible) threads = 1;
    const auto each = static_cast<unsigned>(std::clamp<rlim_t>(free / threads, 2, most_open_directories));
    return {threads, run.open_directories != 0 ? run.open_directories : each};
}

std::size_t wanted_threads(const OwnershipRun& run, MountKind kind) {
    return run.threads != 0 ? run.threads : worth_threads(kind);
}

// The tree's top as the walk sees it; for a file, a stand-in.
std::shared_ptr<Directory> make_top(Tree& tree, WalkState& walk) {
    auto top = std::make_shared<Directory>();
    top->chain = PathChain(tree.path);
    top->entry = tree.entry;
    top->mount = &walk.top_mount(tree.entry, tree.mount, tree.path);
    top->is_top = true;
    return top;
}

// A mark that cannot have gid 1 or 2 has gid 0 (see in_progress_owners).
bool may_be_marked_by(Owner owner) {
    if (owner.gid != 0) return !proves_completion(owner);
    return is_mapped(OverflowId::gid, 1) != true || is_mapped(OverflowId::gid, 2) != true;
}

// Returns true if the policy asks for nothing more than an operand with that entry has.
bool is_done_at_a_look(const Entry& top, OwnershipContext& context) {
    const ChownPolicy policy = context.plan().policy;
    const Owner owner = context.plan().owner;
    if (policy == ChownPolicy::on_mismatch || !is_right(top, owner, context.owner_match())) return false;
    return policy == ChownPolicy::top || !may_be_marked_by(owner);
}

// False where that fails, which is reported: the owner that was seen before proves nothing.
bool look_again(Tree& tree, Syscalls& calls, Report& report) {
    const auto entry = calls.look_with_mount(tree.fd.get());
    if (entry) {
        tree.entry = *entry;
    } else {
        report.failed(Operation::look, entry.error(), [&tree] { return ErrorText{tree.path, ""}; });
    }
    return entry.has_value();
}

void own_alone(Tree& tree, WalkState& walk) {
    EntryOwner entry_owner(walk);
    const auto top = make_top(tree, walk);
    entry_owner.count_entry();
    top->fd = std::move(tree.fd);
    entry_owner.chown_directory(*top);
    entry_owner.flush();
}

// Gives the top an in-progress owner before the walk, so that a walk that is killed is not taken for one that ended.
void mark_as_in_progress(const Directory& top, WalkState& walk, EntryOwner& entry_owner) {
    if (walk.mode() != Mode::change) return;
    for (const Owner owner : in_progress_owners(walk.rules().owner, top.entry.owner)) {
        if (owner == top.entry.owner) return;
        const int number = entry_owner.as_owner().change(top.fd.get(), "", owner);
        if (number != EINVAL) return;  // what else fails, fails for the owner as well, and is reported then
    }
}

// A top that is right says to a start under on-root-mismatch that everything below is. Under fail an error ends this
// start in any case, so its tree is not to be taken for right by one with another policy. Under warn the application is
// to run with all that could be changed, so under on-mismatch, which trusts no top, even a mount that was given up
// holds nothing back.
bool may_change_top(const WalkState& walk, bool is_complete, const OwnershipPlan& plan) {
    if (walk.mode() == Mode::cannot_chown) return !walk.stopped();  // the top is only counted, since nothing can change
    if (plan.errors == ChownErrors::fail) return is_complete && walk.report().failures() == 0;
    return !walk.stopped() && (is_complete || plan.policy == ChownPolicy::on_mismatch);
}

// Everything below top. Returns how many threads worked on it.
std::size_t walk_below(const std::shared_ptr<Directory>& top, WalkState& walk, EntryOwner& entry_owner,
                       const OwnershipRun& run, Progress* progress) {
    constexpr std::size_t at_most = 16;  // what the first thread, which walks alone at first, leaves room for
    const std::size_t open = make_room(run, at_most).open_directories;
    const auto threads = [&] { return make_room(run, wanted_threads(run, top->mount->kind())).threads; };
    WorkQueue* shared = nullptr;
    WorkQueue queue(run.entries_alone, threads, [&] {
        EntryOwner its_own(walk);
        Walker(walk, its_own, *shared, top, open).help();
    });
    shared = &queue;
    Walker(walk, entry_owner, queue, top, open).run(progress);
    queue.finish();
    return queue.size();
}

void own_directory(Tree& tree, WalkState& walk, const OwnershipContext& context) {
    const OwnershipPlan& plan = context.plan();
    EntryOwner entry_owner(walk);
    const auto top = make_top(tree, walk);
    entry_owner.count_entry();
    auto fd = entry_owner.as_owner().open_directory(tree.fd.get(), ".", Mounts::enter);
    if (!fd) {
        entry_owner.failed(Operation::open, fd.error(), *top);
        return entry_owner.flush();
    }
    top->fd = *std::move(fd);
    if (plan.policy == ChownPolicy::on_root_mismatch) mark_as_in_progress(*top, walk, entry_owner);
    // A preview is asked for by somebody who waits for what it says.
    std::optional<Progress> progress;
    if (walk.mode() != Mode::preview) progress.emplace(tree.path);
    walk.report().worked_by(walk_below(top, walk, entry_owner, context.run(), progress ? &*progress : nullptr));
    const bool is_complete = walk.conclude();
    if (may_change_top(walk, is_complete, plan)) entry_owner.chown_directory(*top);
    entry_owner.flush();
    if (progress) progress->end(walk.report());  // after the top, so that it says what the summary says
}

}  // namespace

void work_on(Tree& tree, OwnershipContext& context, Report& report) {
    const OwnershipPlan& plan = context.plan();
    // Another tree's walk may have changed it since it was checked.
    if (plan.operands.size() > 1 && !look_again(tree, context.calls(), report)) return;
    if (is_done_at_a_look(tree.entry, context)) return report.add({1, 0, 0});
    WalkState walk(context.calls(), context.rules(), plan.mounts, context.mode(), report);
    if (!tree.entry.is_directory() || plan.policy == ChownPolicy::top) return own_alone(tree, walk);
    own_directory(tree, walk, context);
}

}  // namespace stepdown
