#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>

#include "client/answer.hpp"
#include "config/options.hpp"
#include "test/support/http.hpp"
#include "test/support/json.hpp"
#include "test/support/nats_client.hpp"
#include "test/support/nats_server.hpp"
#include "test/support/temporary_folder.hpp"

namespace meme::test {

/// One grey pixel.
inline const std::string png_base64 =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg==";
inline const std::string png = client::decode_base64(png_base64).value();

inline std::string result_json(const std::string& id, const std::string& base64 = png_base64) {
  return "{\"request_id\": " + json_string(id) + ", \"image_data\": \"" + base64
         + "\", \"prompt\": \"a cat\", \"timestamp\": 1700000000}";
}

inline std::string error_json(const std::string& id) {
  return R"({"request_id": )" + json_string(id) + R"(, "error": "no", "code": "internal"})";
}

inline std::size_t files_in(const std::filesystem::path& folder) {
  const std::filesystem::directory_iterator files{folder};
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

/// A NATS server beside which the test plays the service.
struct client_fixture {
  client_fixture() { options.url = config::nats_urls{nats.url()}; }

  void make_queue() {
    client.api("STREAM.CREATE.MEMES", R"({"name": "MEMES", "subjects": ["meme.request"]})");
  }

  /// Waits until `watch` listens: core subscribers get only what comes after them.
  bool is_watched() {
    return eventually([&] {
      return http_get(nats.monitor_url() + "/connz?subs=1").body.find("meme.response.error")
             != std::string::npos;
    });
  }

  temporary_folder folder;
  nats_server nats{folder.path()};
  nats_client client{nats.url()};
  config::nats_options options;
};

} // namespace meme::test
