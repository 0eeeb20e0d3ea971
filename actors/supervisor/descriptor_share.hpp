#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace meme {

/// How many messages may be in work in a process that may have `limit` files open, where `wanted`
/// are asked for. Each may need a connection to the model. What the process has open beside these
/// (event loops, NATS, Redis, log) takes about 32, and what comes and goes (status requests,
/// look-ups of names, connections that are replaced) half of the rest, up to 256 in all. At
/// least 1.
inline std::size_t messages_for_descriptors(std::uint64_t limit, std::size_t wanted) {
  constexpr std::uint64_t always_open = 32;
  constexpr std::uint64_t most_for_others = 256;
  const auto rest = limit > always_open ? limit - always_open : 0;
  const auto others = std::min(most_for_others, always_open + rest / 2);
  const auto possible = limit > others ? limit - others : 0;
  return static_cast<std::size_t>(
      std::clamp<std::uint64_t>(possible, 1, std::max<std::uint64_t>(wanted, 1)));
}

} // namespace meme
