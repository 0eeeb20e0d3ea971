#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace meme {

/// Names one delivery that an ingress owns. `owner` tells incarnations of the ingress apart: work
/// for an incarnation that has died is dropped.
struct ticket {
  std::uint64_t owner = 0;
  std::uint64_t number = 0;

  friend bool operator==(const ticket& a, const ticket& b) {
    return a.owner == b.owner && a.number == b.number;
  }
};

struct ticket_hash {
  std::size_t operator()(const ticket& t) const {
    return std::hash<std::uint64_t>{}(t.owner * 0x9e3779b97f4a7c15U ^ t.number);
  }
};

} // namespace meme
