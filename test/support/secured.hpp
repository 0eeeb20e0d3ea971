#pragma once

#include <string>

#include "test/support/service.hpp"
#include "test/support/temporary_folder.hpp"

namespace meme::test {

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

/// For tests of authentication: the service is ready, or says why it is not.
struct secured {
  /// The service's variables with `chosen`; no server listens at the other addresses.
  static environment serving(environment chosen) {
    chosen.emplace("REDIS_URL", "redis://127.0.0.1:1");
    chosen.emplace("HF_API_URL", "http://127.0.0.1:1/model");
    chosen.emplace("HF_API_TOKEN", "hf_test_token");
    return chosen;
  }

  /// Whether /readyz says in time that NATS is not connected, because of `reason`.
  static bool says_not_ready(const service& memes, const std::string& reason) {
    return eventually([&] {
      const auto page = memes.page("/readyz");
      return page.status == 503 && contains(page.body, "not connected to NATS: ")
             && contains(page.body, reason);
    });
  }

  /// Whether there is a line with this text and an error that contains `reason`, in time.
  static bool logged(service& memes, const std::string& message, const std::string& reason) {
    return eventually([&] {
      for (const auto& line : memes.log_lines())
        if (line.text("/msg") == message && contains(line.text("/error"), reason))
          return true;
      return false;
    });
  }

  temporary_folder folder;
};

} // namespace meme::test
