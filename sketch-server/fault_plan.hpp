#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace meme::sketch {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// How an answer's body goes out.
struct deliver_whole {};
struct deliver_cut {
  std::size_t bytes; ///< sent of the length announced; then the connection closes
};
struct deliver_trickle {
  std::size_t bytes; ///< at a time, at least 1
  std::chrono::milliseconds interval;
};
using delivery = std::variant<deliver_whole, deliver_cut, deliver_trickle>;

/// What an answer consists of.
struct send_picture {
  bool jpeg = false; ///< whatever was asked for
};
struct send_text {
  unsigned status = 200;
  std::string content_type;
  std::string body;
};
struct hang {};  ///< never answer
struct reset {}; ///< break the connection (RST)

/// What happens to a call.
struct action {
  std::variant<send_picture, send_text, hang, reset> what;
  delivery how;
  std::optional<std::chrono::milliseconds> latency; ///< instead of the usual one
  std::optional<std::size_t> truncate;              ///< bytes of the body that are left
  std::optional<std::string> content_type;          ///< instead of the true one
  bool gzip = false;                                ///< compress the body (RFC 1952)
  std::optional<unsigned> redirect;                 ///< to this server; followed, a good answer
  header_list headers;                              ///< beside the usual ones
};

/// One line of the plan: which calls, and what happens to them.
struct rule {
  std::string match; ///< a part of the prompt; empty fits any
  std::uint64_t from = 1;
  std::uint64_t to = UINT64_MAX; ///< inclusive
  std::uint64_t every = 1;
  std::uint64_t while_busy = 0; ///< so many others, or more, are in flight
  std::shared_ptr<const action> does;
  std::uint64_t seen = 0; ///< calls whose prompt fits
};

/// A plan that cannot be understood. what() names the rule, by its place from 1, and the reason.
class bad_plan : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Rules in order. Each numbers, from 1, the calls whose prompt it fits, also those that an earlier
/// rule answers; it applies to numbers in [from, to] that are a multiple of `every`.
class fault_plan {
public:
  fault_plan() = default;

  /// Reads the JSON form (README.md). Empty text is the empty plan. Throws bad_plan.
  explicit fault_plan(std::string_view json);

  /// Counts the call, which comes while `others` are in flight. @returns what the first rule that
  /// applies does; null if none applies. It stays valid when the plan is replaced.
  std::shared_ptr<const action> decide(std::string_view prompt, std::uint64_t others = 0);

  std::size_t size() const { return rules_.size(); }

private:
  std::vector<rule> rules_;
};

} // namespace meme::sketch
