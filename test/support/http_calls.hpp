#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/io/http/http_client.hpp"
#include "test/support/eventually.hpp"

namespace meme::test {

/// An HTTP client of the service by itself, on an event loop that runs while a test waits.
struct http_calls {
  io::event_loop loop;
  io::http_limits limits;
  std::unique_ptr<io::http_client> client;
  std::vector<io::http_reply> replies; ///< in the order in which they came

  http_calls() { limits.budget = std::make_shared<io::byte_budget>(std::size_t{1} << 30); }

  void post(const std::string& url) {
    if (!client)
      client = std::make_unique<io::http_client>(loop, limits);
    io::http_request request{url, {"Authorization: Bearer hf_secret"}, R"({"inputs":"a cat"})"};
    client->post(std::move(request),
                 [this](io::http_reply reply) { replies.push_back(std::move(reply)); });
  }

  template <class Condition>
  bool run_until(Condition done) {
    return eventually([&] {
      loop.run_once(false);
      return done();
    });
  }

  /// The reply to one more request.
  io::http_reply call(const std::string& url) {
    const auto before = replies.size();
    post(url);
    if (run_until([&] { return replies.size() > before; }))
      return replies.back();
    io::http_reply none;
    none.error = io::transfer_error::other;
    none.error_text = "no reply in time";
    return none;
  }

  /// `count` requests at once.
  bool call_many(const std::string& url, std::size_t count) {
    const auto wanted = replies.size() + count;
    for (std::size_t i = 0; i < count; ++i)
      post(url);
    return run_until([&] { return replies.size() == wanted; });
  }
};

} // namespace meme::test
