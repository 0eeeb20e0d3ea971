#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>

#include "actors/io/event_loop.hpp"
#include "actors/io/unique_fd.hpp"
#include "test/support/fault_proxy.hpp"

namespace meme::test {

// A fault_proxy's state of each connection; its users do not need it.

using proxy_clock = io::event_loop::clock;

/// The most bytes that one direction of a connection buffers for delay and throttle.
constexpr std::size_t most_held_bytes = 4 << 20;

struct piece {
  std::string bytes;
  std::size_t sent = 0;
  proxy_clock::time_point due;
};

/// One direction of a connection, from the socket `source` to the socket `sink`.
struct flow {
  int source = 0; ///< index into link::ends
  int sink = 1;
  path_faults faults;
  std::deque<piece> held;
  std::size_t held_bytes = 0;
  bool ended = false;   ///< the source has closed its half
  bool shut = false;    ///< and the sink knows
  bool lost = false;    ///< something has vanished
  bool blocked = false; ///< the sink accepts no more bytes at present
  std::optional<std::uint64_t> bytes_to_cut;
  proxy_clock::time_point throttled_until;
  io::event_loop::timer_id timer = 0;
  std::mt19937_64 random;
  std::uint64_t whole_bytes = 0; ///< until the next one to be garbled

  void apply(const path_faults& what) {
    faults = what;
    bytes_to_cut = what.cut_after_bytes;
    throttled_until = {};
    draw_garbled();
  }

  void drop_held() {
    held.clear();
    held_bytes = 0;
  }

  void draw_garbled() {
    if (faults.garbled_share > 0)
      whole_bytes = std::geometric_distribution<std::uint64_t>{
          std::min(faults.garbled_share, 0.999'999)}(random);
  }

  void garble(std::string& bytes) {
    if (faults.garbled_share <= 0)
      return;
    std::uint64_t at = 0;
    for (; whole_bytes < bytes.size() - at; ++at) {
      at += whole_bytes;
      bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + random() % 255));
      draw_garbled();
    }
    whole_bytes -= bytes.size() - at;
  }

  proxy_clock::time_point due_now() {
    using std::chrono::milliseconds;
    const auto most = std::max<milliseconds::rep>(faults.jitter.count(), 0);
    const auto extra =
        most == 0 ? 0 : std::uniform_int_distribution<milliseconds::rep>{0, most}(random);
    const auto due = proxy_clock::now() + faults.delay + milliseconds{extra};
    return held.empty() ? due : std::max(due, held.back().due);
  }

  bool wants_bytes() const { return !ended && !faults.stall && held_bytes < most_held_bytes; }
};

struct link {
  std::uint64_t number = 0;
  std::array<io::unique_fd, 2> ends; ///< client, server
  std::array<bool, 2> parked{};      ///< hung up while nothing is read from it: not watched
  std::array<flow, 2> flows;         ///< from the client, from the server
  bool silent = false;               ///< for good
  proxy_clock::time_point last_byte = proxy_clock::now();
  bool over = false;
};

} // namespace meme::test
