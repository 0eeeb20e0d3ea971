#include "messages/trace_context.hpp"

#include <algorithm>

namespace meme {

namespace {

constexpr std::size_t size_of_version_00 = 55;
constexpr std::size_t max_size = 128;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == text.npos;
}

/// What a later version may add.
bool is_graphic(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

} // namespace

bool is_traceparent(std::string_view text) {
  if (text.size() < size_of_version_00 || text.size() > max_size)
    return false;
  const auto version = text.substr(0, 2);
  const auto trace_id = text.substr(3, 32);
  const auto parent_id = text.substr(36, 16);
  const auto flags = text.substr(53, 2);
  if (text[2] != '-' || text[35] != '-' || text[52] != '-')
    return false;
  if (!is_hex(version) || !is_hex(trace_id) || !is_hex(parent_id) || !is_hex(flags))
    return false;
  if (version == "ff" || is_zero(trace_id) || is_zero(parent_id))
    return false;
  const auto rest = text.substr(size_of_version_00);
  return rest.empty() || (version != "00" && rest.front() == '-' && is_graphic(rest));
}

} // namespace meme
