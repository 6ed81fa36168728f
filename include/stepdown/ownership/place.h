// Where a directory was found: its name and those of its ancestors. The walk itself needs no paths; this is what a
// message's path is made of.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepdown {

class Place;

// A counted reference to a Place. Letting go of a chain of any length takes no stack.
class PlaceRef {
  public:
    PlaceRef() = default;
    // A tree's top: name is its whole path.
    explicit PlaceRef(std::string name);
    PlaceRef(const PlaceRef& parent, std::string_view name);
    PlaceRef(const PlaceRef& other);
    PlaceRef(PlaceRef&& other) noexcept : place_(std::exchange(other.place_, nullptr)) {}
    PlaceRef& operator=(const PlaceRef& other) {
        PlaceRef copy(other);
        std::swap(place_, copy.place_);
        return *this;
    }
    PlaceRef& operator=(PlaceRef&& other) noexcept {
        std::swap(place_, other.place_);
        return *this;
    }
    ~PlaceRef();

    // The path of this directory, or of name in it.
    [[nodiscard]] std::string path(std::string_view name = "") const;

    // The names that lead here from the tree's top.
    [[nodiscard]] std::vector<std::string> names_below_top() const;

  private:
    const Place* place_ = nullptr;
};

}  // namespace stepdown
