#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace meme {

/// No server makes us wait longer than this, whatever it says.
constexpr std::chrono::milliseconds longest_retry_after = std::chrono::minutes{10};

/// A date in any of the three forms of RFC 9110, section 5.6.7, as Unix time in seconds. Returns
/// nothing for anything else.
std::optional<std::int64_t> parse_http_date(std::string_view header);

/// The header `Retry-After` (RFC 9110, 10.2.3): seconds (a fraction is tolerated) or a date,
/// compared to the time `answered_at_s` at which the server sent it, by its own clock (its header
/// `Date`). A date that has passed means 0. Returns nothing for anything else; never more than
/// `longest_retry_after`.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view header,
                                                           std::int64_t answered_at_s);

/// The header `RateLimit` (IETF draft-ietf-httpapi-ratelimit-headers), e.g. `"api";r=0;t=55`: the
/// longest time to reset `t`, in seconds, among the policies that have nothing left (`r` is 0 or
/// absent). Returns nothing where there is none; never more than `longest_retry_after`.
std::optional<std::chrono::milliseconds> parse_rate_limit(std::string_view header);

} // namespace meme
