#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

namespace meme {

/// What a message without an acknowledgement subject says that came to the inbox of our pulls
/// (NATS ADR-13): its headers `Status` and, where a pull has ended early, `Nats-Pending-Messages`.
struct pull_status {
  enum class kind {
    none,      ///< no status message
    heartbeat, ///< 100: the pull waits
    lapsed,    ///< 408 or 404: the pull has ended
    refused,   ///< 409, 503 and the rest: consumer, stream or server are in trouble
  };

  kind what = kind::none;
  /// Of a lapsed pull: how many of its messages will not come. Nothing where the server does not
  /// say, as older ones, or says something that is no number.
  std::optional<std::size_t> pending;
};

inline pull_status read_pull_status(std::string_view status, std::string_view pending) {
  using kind = pull_status::kind;
  if (status.empty())
    return {kind::none, {}};
  if (status == "100")
    return {kind::heartbeat, {}};
  if (status != "408" && status != "404")
    return {kind::refused, {}};
  std::size_t count = 0;
  const auto* end = pending.data() + pending.size();
  const auto [stop, error] = std::from_chars(pending.data(), end, count);
  if (pending.empty() || error != std::errc{} || stop != end)
    return {kind::lapsed, {}};
  return {kind::lapsed, count};
}

} // namespace meme
