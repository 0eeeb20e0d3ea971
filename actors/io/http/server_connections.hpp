#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meme::io {

/// Bounds of the connections to the status port.
struct server_connection_limits {
  std::size_t total = 512;
  std::size_t per_address = 256;
  /// From the start of a connection until its request is complete.
  std::chrono::milliseconds request_time{5'000};
  /// From then until the answer has been read.
  std::chrono::milliseconds answer_time{10'000};
};

/// Which connection to the status port is closed, and when. A connection carries one request, so
/// it is either incomplete (its request is not there yet) or being answered.
///
/// A new connection is always accepted. If there is no place, another one is closed: the oldest,
/// and those without a complete request first; if the new one's address has used its share, one of
/// that address. So a probe that connects and sends its request at once is answered even under
/// attack.
class server_connections {
public:
  using clock = std::chrono::steady_clock;
  using id = int; ///< its descriptor

  explicit server_connections(server_connection_limits limits) : limits_(limits) {}

  void add(id connection, std::string address, clock::time_point time);
  void request_complete(id connection, clock::time_point time);
  void remove(id connection);

  /// The connection to close before another one from `address` is accepted, if any.
  std::optional<id> victim_for(const std::string& address) const;

  /// A connection that can be closed, if any.
  std::optional<id> victim() const;

  /// The connections whose time is over.
  std::vector<id> overdue(clock::time_point time) const;

  /// When the time of the next connection is over.
  std::optional<clock::time_point> next_deadline() const;

  std::size_t size() const { return connections_.size(); }

private:
  struct record {
    std::string address;
    clock::time_point begin;
    clock::time_point deadline;
    bool is_complete = false;
  };

  template <class Predicate>
  std::optional<id> oldest(Predicate&& counts) const;

  server_connection_limits limits_;
  std::map<id, record> connections_;
  std::map<std::string, std::size_t> by_address_;
};

} // namespace meme::io
