#include "config/subject.hpp"

#include <algorithm>

namespace meme::config {

namespace {

/// Takes the first token off `subject`.
std::string_view next_token(std::string_view& subject) {
  const auto dot = std::min(subject.find('.'), subject.size());
  const auto token = subject.substr(0, dot);
  subject.remove_prefix(std::min(dot + 1, subject.size()));
  return token;
}

} // namespace

bool subjects_overlap(std::string_view first, std::string_view second) {
  while (!first.empty() && !second.empty()) {
    const auto left = next_token(first);
    const auto right = next_token(second);
    if (left == ">" || right == ">")
      return true;
    if (left != "*" && right != "*" && left != right)
      return false;
  }
  return first.empty() && second.empty();
}

bool valid_jetstream_name(std::string_view name) {
  constexpr std::size_t max_length = 255;
  return !name.empty() && name.size() <= max_length
         && std::all_of(name.begin(), name.end(), [](char c) {
              return c > ' ' && c < '\x7f'
                     && std::string_view{".*>/\\"}.find(c) == std::string_view::npos;
            });
}

} // namespace meme::config
