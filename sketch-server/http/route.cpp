#include "sketch-server/http/route.hpp"

#include <algorithm>
#include <charconv>

namespace meme::sketch {

namespace {

bool starts_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned char byte = 0;
    const auto digits = text.substr(i + 1, 2);
    const auto end = digits.data() + digits.size();
    if (digits.size() != 2 || std::from_chars(digits.data(), end, byte, 16).ptr != end)
      return std::nullopt;
    result += static_cast<char>(byte);
    i += 2;
  }
  return result;
}

} // namespace

route route_of(std::string_view path, bool admin) {
  if (path == "/healthz")
    return route::health;
  if (path == "/" || starts_with(path, "/models/") || starts_with(path, "/hf-inference/models/"))
    return route::model;
  if (admin && path == "/_stats")
    return route::stats;
  if (admin && path == "/_calls")
    return route::calls;
  if (admin && path == "/_faults")
    return route::faults;
  if (admin && path == "/_reset")
    return route::reset;
  return route::unknown;
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::optional<std::string> query_value(std::string_view target, std::string_view name) {
  const auto mark = target.find('?');
  auto query = mark == target.npos ? std::string_view{} : target.substr(mark + 1);
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == name)
      return percent_decoded(equals == pair.npos ? std::string_view{} : pair.substr(equals + 1));
  }
  return std::nullopt;
}

} // namespace meme::sketch
