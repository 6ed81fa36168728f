// SPDX-License-Identifier: Apache-2.0
// An adversary keeps moving directories below themselves while they are walked.
#include "stepdown/base/choices.h"

#include "support/files/scratch_tree.h"
#include "support/process/forked.h"

#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <functional>

namespace stepdown {
namespace {

using test::app;
using test::other;
using test::root;

// Two directories of many files, each of which the adversary moves into the other as soon as the other is opened: to
// the place of the name that is read last, so that the walk comes to it.
class EndlessDescent {
  public:
    EndlessDescent(const std::string& top, int files) : top_(open(AT_FDCWD, top)) {
        for (Side& side : sides_) {
            ::mkdirat(top_.get(), side.name, 0755);
            side.fd = open(top_.get(), side.name);
            fill(side.fd.get(), files);
        }
        last_ = last_name(sides_[0].fd.get());
        for (const Side& side : sides_) ::unlinkat(side.fd.get(), last_.c_str(), 0);
        ::renameat(top_.get(), "b", sides_[0].fd.get(), last_.c_str());
        inotify_ = UniqueFd(::inotify_init1(IN_CLOEXEC));
        for (Side& side : sides_) {
            const std::string path = "/proc/self/fd/" + std::to_string(side.fd.get());
            side.watch = ::inotify_add_watch(inotify_.get(), path.c_str(), IN_OPEN);
        }
    }

    [[noreturn]] void run() {
        alignas(inotify_event) std::array<char, 65536> buffer{};
        while (true) {
            const ssize_t got = ::read(inotify_.get(), buffer.data(), buffer.size());
            for (ssize_t at = 0; at < got;) {
                const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);  // NOLINT
                at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
                const bool is_itself = (event->mask & IN_ISDIR) != 0 && event->len == 0;
                if (is_itself && event->wd == sides_[inner_].watch) turn_round();
            }
        }
    }

  private:
    struct Side {
        const char* name;
        UniqueFd fd{};
        int watch = -1;
    };

    static UniqueFd open(int at, const std::string& path) {
        return UniqueFd(::openat(at, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    static void fill(int directory, int files) {
        for (int i = 0; i < files; ++i) ::mknodat(directory, std::to_string(i).c_str(), S_IFREG | 0644, 0);
    }
    static std::string last_name(int directory) {
        std::string last;
        const std::string path = "/proc/self/fd/" + std::to_string(directory);
        for (const auto& entry : std::filesystem::directory_iterator(path)) last = entry.path().filename();
        return last;
    }
    // The one that was opened, inside the other, becomes the outer one.
    void turn_round() {
        const Side& opened = sides_[inner_];
        const Side& outer = sides_[1 - inner_];
        ::renameat(outer.fd.get(), last_.c_str(), top_.get(), opened.name);
        ::renameat(top_.get(), outer.name, opened.fd.get(), last_.c_str());
        inner_ = 1 - inner_;
    }

    UniqueFd top_;
    std::array<Side, 2> sides_{{{"a"}, {"b"}}};
    std::size_t inner_ = 1;
    std::string last_;
    UniqueFd inotify_;
};

// A chain of directories, the first of which the adversary moves to its far end as soon as the walk is in the second.
// One directory is held back at each power of two, so that no directory that the walk remembers is shown again.
class Conveyor {
  public:
    static constexpr int length = 10;

    Conveyor(const std::string& top, int files) : top_(open(AT_FDCWD, top)), inotify_(::inotify_init1(IN_CLOEXEC)) {
        int parent = top_.get();
        for (int i = 0; i < length; ++i) {
            const std::string name = i == 0 ? name_of(0) : "next";
            ::mkdirat(parent, name.c_str(), 0755);
            Link& link = links_.emplace_back();
            link.fd = open(parent, name);
            for (int file = 0; file < files; ++file) {
                ::mknodat(link.fd.get(), std::to_string(file).c_str(), S_IFREG | 0644, 0);
            }
            chain_.push_back(i);
            parent = link.fd.get();
        }
        for (Link& link : links_) {
            const std::string path = "/proc/self/fd/" + std::to_string(link.fd.get());
            link.watch = ::inotify_add_watch(inotify_.get(), path.c_str(), IN_OPEN | IN_ONLYDIR);
        }
    }

    [[noreturn]] void run() {
        alignas(inotify_event) std::array<char, 65536> buffer{};
        while (true) {
            const ssize_t got = ::read(inotify_.get(), buffer.data(), buffer.size());
            for (ssize_t at = 0; at < got;) {
                const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);  // NOLINT
                at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
                if (event->len == 0 && event->wd == link(1).watch) move_on();
            }
        }
    }

  private:
    struct Link {
        UniqueFd fd{};
        int watch = -1;
    };

    static UniqueFd open(int at, const std::string& path) {
        return UniqueFd(::openat(at, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    static std::string name_of(int link) { return "p" + std::to_string(link); }
    [[nodiscard]] const Link& link(std::size_t place) const { return links_[static_cast<std::size_t>(chain_[place])]; }

    void move_on() {
        const int left = chain_.front();
        ::renameat(link(0).fd.get(), "next", top_.get(), name_of(chain_[1]).c_str());
        chain_.erase(chain_.begin());
        int moved = left;
        ++depth_;
        if ((depth_ & (depth_ - 1)) == 0) std::swap(moved, held_back_);
        if (moved < 0) return;
        ::renameat(top_.get(), name_of(moved).c_str(), link(chain_.size() - 1).fd.get(), "next");
        chain_.push_back(moved);
    }

    UniqueFd top_;
    UniqueFd inotify_;
    std::vector<Link> links_;
    std::vector<int> chain_;  // by number, the topmost first
    int held_back_ = -1;
    unsigned depth_ = 1;
};

// A process that acts against the walk until this object goes.
class Adversary {
  public:
    explicit Adversary(const std::function<void()>& act) : process_(::fork()) {
        if (process_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        act();
    }
    Adversary(const Adversary&) = delete;
    Adversary& operator=(const Adversary&) = delete;
    ~Adversary() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }

  private:
    pid_t process_;
};

// On a disk: on a tmpfs, what was made last is read first.
class EndlessTree : public test::ScratchTree, public ::testing::WithParamInterface<OwnershipRun> {
  protected:
    EndlessTree() : ScratchTree("/var/tmp") {}
};

TEST_P(EndlessTree, EndsWhereDirectoriesAreMovedIntoEachOther) {
    constexpr int files = 5000;
    constexpr unsigned most_seconds = 20;
    directory("data/endless", root);
    EndlessDescent endless(at("data/endless"), files);
    const Adversary adversary([&] { endless.run(); });
    bool is_met_below_itself = false;
    for (int i = 0; i < 20 && !is_met_below_itself; ++i) {
        ::testing::internal::CaptureStderr();
        test::in_child([this, i] {
            ::alarm(most_seconds);  // kills it
            EXPECT_TRUE(chown_trees(plan("data/endless", i % 2 == 0 ? app : other), GetParam()));
            return 0;
        });
        is_met_below_itself =
            ::testing::internal::GetCapturedStderr().find("directory was not entered") != std::string::npos;
    }
    if (!is_met_below_itself) GTEST_SKIP() << "names are read here in an order that gives the adversary no time";
}

TEST_P(EndlessTree, EndsWhereAChainIsMovedOnAheadOfTheWalk) {
    constexpr int files = 1000;
    constexpr unsigned most_seconds = 60;
    directory("data/conveyor", root);
    Conveyor conveyor(at("data/conveyor"), files);
    const Adversary adversary([&] { conveyor.run(); });
    test::in_child([this] {
        ::alarm(most_seconds);  // kills it
        OwnershipPlan all = plan("data/conveyor", app);
        all.errors = ChownErrors::warn;
        EXPECT_TRUE(chown_trees(all, GetParam()));
        return 0;
    });
}

INSTANTIATE_TEST_SUITE_P(Each, EndlessTree, ::testing::Values(OwnershipRun{1}, OwnershipRun{2, 0}),
                         [](const auto& run) {
                             return run.param.threads == 1 ? std::string("Alone") : std::string("Together");
                         });

}  // namespace
}  // namespace stepdown
