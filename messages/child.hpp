#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace meme {

/// The kinds of actors that the supervisor starts, in the order of starting.
enum class child_kind {
  status_server,
  redis_cache,
  recompressor,
  model_client,
  generator,
  cache,
  publisher,
  provisioner,
  ingress
};

constexpr std::size_t child_kind_count = 9;

/// Names a child of the supervisor. Its successors have the same id.
struct child_id {
  child_kind kind = child_kind::status_server;
  std::size_t number = 0; ///< of a model client: 0 .. generator.workers - 1; else 0

  friend bool operator==(const child_id& a, const child_id& b) {
    return a.kind == b.kind && a.number == b.number;
  }
};

/// The child as metrics, logs and /chaos name it: "cache", "model-client-0".
std::string to_string(const child_id& id);

/// The reverse of `to_string`; empty where no child has this name.
std::optional<child_id> parse_child(std::string_view name);

} // namespace meme
