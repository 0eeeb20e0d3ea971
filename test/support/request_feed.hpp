#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "test/support/nats_client.hpp"

namespace meme::test {

/// Queues the requests 1, 2, 3 … at a steady rate, even if NATS fails meanwhile: it sends a request
/// after the previous one is known to be stored, and catches up after an outage. It has its own
/// thread, because a test that kills servers cannot keep a rate.
class request_feed {
public:
  using maker = std::function<std::string(std::uint64_t number)>;

  /// Begins at once. `make` is called on the feed's thread. It gives up once a request could not be
  /// stored for `longest_outage`.
  request_feed(const std::string& url, double per_second, maker make,
               std::chrono::milliseconds longest_outage = patience);
  ~request_feed();
  request_feed(const request_feed&) = delete;
  request_feed& operator=(const request_feed&) = delete;

  /// The requests 1 to this one are stored.
  std::uint64_t stored() const { return stored_; }

  /// How often it had to send a request again that may have been stored. JetStream drops the
  /// repeat by its Nats-Msg-Id unless it was answered, and so forgotten, before a crash of the
  /// server: then it is stored, and answered, twice.
  std::uint64_t retries() const { return retries_; }

  /// Ends when the last request is known to be stored. Throws std::runtime_error if NATS does not
  /// come back.
  void stop();

private:
  void run(const std::string& url);
  bool store(nats_client& client, std::uint64_t number);

  double per_second_;
  maker make_;
  std::chrono::milliseconds longest_outage_;
  std::atomic<std::uint64_t> stored_{0};
  std::atomic<std::uint64_t> retries_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
  std::thread thread_;
};

} // namespace meme::test
