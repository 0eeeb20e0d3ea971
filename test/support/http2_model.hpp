#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "actors/io/http/listener.hpp"
#include "actors/io/unique_fd.hpp"
#include "test/support/certificates.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace meme::test {

/// A model with HTTP/2 over TLS (RFC 9113) that returns requests as the protocol allows; a real
/// server does not do so on demand. It ignores the content of requests.
class http2_model {
public:
  enum class reaction {
    answer,  ///< 200 with the body, once the request is complete
    hold,    ///< no answer
    refuse,  ///< RST_STREAM with REFUSED_STREAM: the request was not processed
    go_away, ///< GOAWAY: of this connection no request after the last that is answered was
             ///< processed
  };
  /// Decides how to react to a request; they are counted from 1, over all connections. Runs in a
  /// thread of the model, for one request at a time.
  using handler = std::function<reaction(std::size_t number)>;

  http2_model(const certificate& own, std::string body, handler react);
  ~http2_model();

  std::uint16_t port() const;
  std::size_t requests() const { return requests_; }
  std::size_t connections() const { return accepted_; }

private:
  struct connection {
    io::unique_fd fd;
    std::thread thread;
  };
  struct tls_deleter {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_st* session) const;
  };

  class session;

  void accept_all();

  std::string body_;
  handler react_;
  std::unique_ptr<ssl_ctx_st, tls_deleter> context_;
  io::unique_fd listener_;
  std::mutex mutex_; ///< one call of `react_` at a time
  std::vector<connection> connections_;
  std::atomic<std::size_t> accepted_{0};
  std::atomic<std::size_t> requests_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace meme::test
