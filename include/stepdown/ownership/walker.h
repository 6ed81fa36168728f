// The traversal: depth first from an open directory, on a stack of its own instead of the call stack, with a bounded
// number of open directories.
#pragma once

#include "stepdown/ownership/changer.h"
#include "stepdown/ownership/pool.h"
#include "stepdown/ownership/progress.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace stepdown {

// A directory on the way down, and what is left to do with its names.
struct Frame {
    std::shared_ptr<Directory> directory;
    NameList directories;      // names still to be entered
    bool read_to_end = false;  // every name was seen
    unsigned levels = 1;       // how many ".." lead to the frame below
};

// One thread's. Changes everything in and below a directory; a directory is changed after the names in it, that is
// once its files are done and its directories opened.
class Walker {
  public:
    // open_limit: how many directories it may hold open at once, 2 at least. top is the tree's. changer
    // is the thread's.
    Walker(Walk& walk, Changer& changer, Pool& pool, std::shared_ptr<Directory> top, std::size_t open_limit);

    // Walks the tree and returns when all is done, by others too, or soon after walk.stopped(). progress, if any, is
    // told now and then.
    void run(Progress* progress);

    // Works on what others offer until all is done.
    void help();

  private:
    void tick();
    void walk_stack();
    void begin(Work work);
    void step();
    void share();
    void offer(Work work);
    void read_names(Frame& frame);
    enum class Sharing { allowed, forbidden };
    bool read_buffer(Frame& frame, Sharing sharing);
    [[nodiscard]] bool offer_records(const Frame& frame, std::size_t size);
    void treat_records(Frame& frame, std::span<const std::byte> records);
    void treat_in_inode_order(Frame& frame, std::span<const std::byte> records);
    void treat_as_they_come(Frame& frame, std::span<const std::byte> records);
    void treat_name(Frame& frame, const Name& name);
    void enter_next();
    void descend(std::shared_ptr<Directory> child);
    void leave();
    void end_work(Directory& directory);

    [[nodiscard]] std::shared_ptr<Directory> open_child(Frame& frame, NamePointer name);
    [[nodiscard]] OrErrno<UniqueFd> open_with_room(Frame& frame, NamePointer name);
    void open_failed(const Directory& parent, NamePointer name, int number);

    [[nodiscard]] bool park_one();
    void unpark(Frame& frame, const Frame& from);
    [[nodiscard]] OrErrno<UniqueFd> go_up(const Frame& frame, const Frame& from);
    [[nodiscard]] OrErrno<UniqueFd> go_down(const Frame& frame);

    Walk& walk_;
    Changer& changer_;
    Pool& pool_;
    std::vector<std::byte> buffer_;
    std::vector<Frame> stack_;
    std::shared_ptr<Directory> top_;
    Progress* progress_ = nullptr;
    std::size_t open_limit_;
    std::size_t open_ = 0;  // frames on the stack that are not parked
};

}  // namespace stepdown
