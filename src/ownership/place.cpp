#include "stepdown/ownership/place.h"

#include <algorithm>
#include <vector>

namespace stepdown {

// Counted in itself and not by shared_ptr: 20,000 nested destructors would overflow a stack.
class Place {
  public:
    Place(const Place* parent, std::string name) : parent_(hold(parent)), name_(std::move(name)) {}

    static const Place* hold(const Place* place) {
        if (place != nullptr) place->holders_.fetch_add(1, std::memory_order_relaxed);
        return place;
    }
    static void release(const Place* place) {
        while (place != nullptr && place->holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            const Place* parent = place->parent_;
            delete place;  // NOLINT(cppcoreguidelines-owning-memory): the last holder
            place = parent;
        }
    }
    [[nodiscard]] const Place* parent() const { return parent_; }
    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    mutable std::atomic<unsigned> holders_{1};
    const Place* parent_;
    std::string name_;
};

PlaceRef::PlaceRef(std::string name) : place_(new Place(nullptr, std::move(name))) {}
PlaceRef::PlaceRef(const PlaceRef& parent, std::string_view name)
    : place_(new Place(parent.place_, std::string(name))) {}
PlaceRef::PlaceRef(const PlaceRef& other) : place_(Place::hold(other.place_)) {}
PlaceRef::~PlaceRef() { Place::release(place_); }

std::string PlaceRef::path(std::string_view name) const {
    std::vector<std::string_view> names;
    if (!name.empty()) names.push_back(name);
    for (const Place* at = place_; at != nullptr; at = at->parent()) names.emplace_back(at->name());
    std::string path;
    std::for_each(names.rbegin(), names.rend(), [&path](std::string_view part) {
        if (!path.empty() && path.back() != '/') path += '/';
        path += part;
    });
    return path;
}

std::vector<std::string> PlaceRef::names_below_top() const {
    std::vector<std::string> names;
    for (const Place* at = place_; at != nullptr && at->parent() != nullptr; at = at->parent()) {
        names.push_back(at->name());
    }
    std::reverse(names.begin(), names.end());
    return names;
}

}  // namespace stepdown
