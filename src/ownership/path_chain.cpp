// SPDX-License-Identifier: Apache-2.0

#include "stepdown/ownership/path_chain.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>

namespace stepdown {
namespace {

constexpr std::string_view ellipsis = "…";

// Half of what a path in a message may take; quote() cuts it off after 1,000 bytes.
constexpr std::size_t half_of_a_path = 450;

// How many of the names from first on fit into half of a path; 1 at least.
template <typename Iterator>
std::ptrdiff_t names_that_fit(Iterator first, Iterator last) {
    std::size_t bytes = 0;
    const auto end = std::find_if(first, last, [&bytes](std::string_view name) {
        bytes += name.size() + 1;
        return bytes > half_of_a_path;
    });
    return std::max<std::ptrdiff_t>(end - first, 1);
}

// Puts one ellipsis in the place of those in the middle, where there are too many for a message.
void abbreviate(std::vector<std::string_view>& names) {
    const auto add = [](std::size_t sum, std::string_view name) { return sum + name.size() + 1; };
    const auto bytes = std::accumulate(names.begin(), names.end(), std::size_t{0}, add);
    if (bytes <= 2 * half_of_a_path) return;
    const auto first = names.begin() + names_that_fit(names.begin(), names.end());
    const auto last = names.end() - names_that_fit(names.rbegin(), names.rend());
    if (first >= last) return;
    *first = ellipsis;
    names.erase(first + 1, last);
}

std::string joined(const std::vector<std::string_view>& names) {
    std::string path;
    for (const std::string_view name : names) {
        if (!path.empty() && path.back() != '/') path += '/';
        path += name;
    }
    return path;
}

}  // namespace

// Counted in itself and not by shared_ptr: 20,000 nested destructors would overflow a stack.
class PathChain::Node {
  public:
    explicit Node(std::string path) : name_(std::move(path)), own_mutex_(std::make_unique<std::mutex>()) {
        mutex_ = own_mutex_.get();
    }
    // The depth is given, because names between parent and this one may have been forgotten.
    Node(const Node* parent, std::string_view name, unsigned depth)
        : parent_(hold(parent)), mutex_(parent->mutex_), name_(name), depth_(depth) {}

    static const Node* hold(const Node* node) {
        if (node != nullptr) node->holders_.fetch_add(1, std::memory_order_relaxed);
        return node;
    }
    static void release(const Node* node) {
        while (node != nullptr && node->holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            const Node* parent = node->parent_;
            delete node;  // NOLINT(cppcoreguidelines-owning-memory): the last holder
            node = parent;
        }
    }

    // To be held by whoever follows parents, and by whoever cuts them off.
    [[nodiscard]] std::unique_lock<std::mutex> lock() const { return std::unique_lock(*mutex_); }
    [[nodiscard]] const Node* parent() const { return parent_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] unsigned depth() const { return depth_; }
    [[nodiscard]] bool follows_a_gap() const { return parent_ != nullptr && parent_->depth_ + 1 != depth_; }

    // Makes other the parent; returns the former one, which the caller releases.
    [[nodiscard]] const Node* exchange_parent(const Node* other) const { return std::exchange(parent_, hold(other)); }

  private:
    mutable std::atomic<unsigned> holders_{1};
    mutable const Node* parent_ = nullptr;
    std::mutex* mutex_;  // the top's: every chain leads there
    std::string name_;   // "" where it was forgotten
    unsigned depth_ = 0;
    std::unique_ptr<std::mutex> own_mutex_;  // the top's alone
};

PathChain::PathChain(std::string path) : node_(new Node(std::move(path))) {}
PathChain::PathChain(const PathChain& parent, std::string_view name)
    : node_(new Node(parent.node_, name, parent.depth() + 1)) {}
PathChain::PathChain(const PathChain& other) : node_(Node::hold(other.node_)) {}
PathChain::~PathChain() { Node::release(node_); }

unsigned PathChain::depth() const { return node_ == nullptr ? 0 : node_->depth(); }

std::string PathChain::path(std::string_view name) const {
    std::vector<std::string_view> names;
    if (!name.empty()) names.push_back(name);
    if (node_ == nullptr) return joined(names);
    const auto lock = node_->lock();
    for (const Node* at = node_; at != nullptr; at = at->parent()) {
        if (!at->name().empty()) names.emplace_back(at->name());
        if (at->follows_a_gap()) names.push_back(ellipsis);
    }
    std::reverse(names.begin(), names.end());
    abbreviate(names);
    return joined(names);
}

std::optional<std::vector<std::string>> PathChain::names_below_top() const {
    const auto lock = node_->lock();
    std::vector<std::string> names;
    for (const Node* at = node_; at->parent() != nullptr; at = at->parent()) {
        if (at->follows_a_gap()) return std::nullopt;
        names.push_back(at->name());
    }
    std::reverse(names.begin(), names.end());
    return names;
}

PathChain PathChain::ancestor(unsigned levels) const {
    const unsigned depth = node_->depth() - levels;
    const auto lock = node_->lock();
    const Node* at = node_;
    while (at->depth() > depth) at = at->parent();
    if (at->depth() == depth) return PathChain(Node::hold(at));
    return PathChain(new Node(at, "", depth));
}

void PathChain::forget_middle() const {
    if (depth() <= kept_names) return;
    auto lock = node_->lock();
    const Node* first = node_->parent();
    while (first->depth() > kept_names) first = first->parent();
    const Node* forgotten = node_->exchange_parent(first);
    lock.unlock();
    Node::release(forgotten);
}

}  // namespace stepdown
