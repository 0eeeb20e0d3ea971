#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "actors/io/http/listener.hpp"
#include "actors/io/unique_fd.hpp"

namespace meme::test {

/// A request as received.
struct raw_call {
  std::size_t connection = 0; ///< from 1, in the order in which they came
  std::size_t number = 0;     ///< on that connection, from 1
  std::string head;           ///< request line and headers
  std::string body;

  std::string path() const;
};

/// A model that answers with bytes that a test chooses, over HTTP/1.1 with persistent connections.
/// For answers that a correct server does not give.
class raw_model {
public:
  /// Returns the bytes of the answer; nothing: no answer; empty: close the connection without one.
  /// Runs in the model's thread, for one call at a time.
  using handler = std::function<std::optional<std::string>(const raw_call&)>;

  explicit raw_model(handler answer, const std::string& host = "127.0.0.1", std::uint16_t port = 0);
  ~raw_model();

  std::string address() const { return io::local_address(listener_); }
  std::uint16_t port() const;
  std::string url() const { return "http://" + address() + "/models/raw"; }

  std::vector<raw_call> calls() const;
  std::size_t open_connections() const { return open_; }
  void close_connections() { close_all_ = true; } ///< soon

  static std::string reply(int status, const std::vector<std::string>& headers,
                           const std::string& body);

private:
  struct connection {
    io::unique_fd fd;
    std::size_t id = 0;
    std::size_t requests = 0;
    std::string received;
  };

  void run();
  bool serve(connection& caller);
  bool take_request(connection& caller);

  handler answer_;
  io::unique_fd listener_;
  mutable std::mutex mutex_;
  std::vector<raw_call> calls_;
  std::vector<connection> connections_;
  std::size_t accepted_ = 0;
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> close_all_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace meme::test
