#include "actors/policy/redaction.hpp"

#include <algorithm>
#include <vector>

namespace meme::policy {

namespace {

constexpr std::string_view mask = "***";

/// Every part of `secret` that has `length` bytes, sorted.
std::vector<std::string_view> parts_of(std::string_view secret, std::size_t length) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at + length <= secret.size(); ++at)
    parts.push_back(secret.substr(at, length));
  std::sort(parts.begin(), parts.end());
  return parts;
}

} // namespace

std::string redact(std::string_view text, std::string_view secret) {
  const auto length = std::min(secret.size(), shortest_masked_run);
  if (length == 0 || text.size() < length)
    return std::string(text);
  const auto parts = parts_of(secret, length);
  std::string result;
  std::size_t done = 0;   // what is before it is in `result`, or masked
  std::size_t masked = 0; // the end of the last run
  for (std::size_t at = 0; at + length <= text.size(); ++at) {
    if (!std::binary_search(parts.begin(), parts.end(), text.substr(at, length)))
      continue;
    if (masked == 0 || at > masked) // two runs that touch are one
      result.append(text.substr(done, at - done)).append(mask);
    masked = done = at + length;
  }
  return result.append(text.substr(done));
}

} // namespace meme::policy
