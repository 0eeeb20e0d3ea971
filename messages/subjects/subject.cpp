#include "messages/subjects/subject.hpp"

#include <algorithm>

#include "messages/text/utf8.hpp"

namespace meme {

namespace {

/// Takes the first token off `subject`.
std::string_view next_token(std::string_view& subject) {
  const auto dot = std::min(subject.find('.'), subject.size());
  const auto token = subject.substr(0, dot);
  subject.remove_prefix(std::min(dot + 1, subject.size()));
  return token;
}

std::string_view without_space(std::string_view text) {
  constexpr std::string_view space = " \t";
  const auto begin = std::min(text.find_first_not_of(space), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(space) + 1);
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

bool valid_reply_subject(std::string_view subject) {
  constexpr std::size_t max_bytes = 255;
  if (subject.empty() || subject.size() > max_bytes || subject.front() == '$')
    return false;
  bool token_is_empty = true;
  while (!subject.empty()) {
    const auto c = take_code_point(subject);
    if (c == invalid_code_point || is_space(c) || is_control(c) || c == '*' || c == '>')
      return false;
    if (c == '.' && token_is_empty)
      return false;
    token_is_empty = c == '.';
  }
  return !token_is_empty;
}

bool valid_subject_filter(std::string_view filter) {
  // A filter is valid if the subject is that has a literal token in the place of each wildcard.
  std::string literal;
  for (auto rest = filter; !rest.empty();) {
    if (rest.size() != filter.size())
      literal += '.';
    const auto token = next_token(rest);
    const auto is_wildcard = token == "*" || (token == ">" && rest.empty());
    literal += is_wildcard ? std::string_view{"x"} : token;
  }
  const auto ends_with_dot = !filter.empty() && filter.back() == '.';
  return !ends_with_dot && valid_reply_subject(literal);
}

std::vector<std::string> split_subjects(std::string_view list) {
  std::vector<std::string> result;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    result.emplace_back(without_space(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return result;
}

bool valid_jetstream_name(std::string_view name) {
  constexpr std::size_t max_length = 255;
  return !name.empty() && name.size() <= max_length
         && std::all_of(name.begin(), name.end(), [](char c) {
              return c > ' ' && c < '\x7f'
                     && std::string_view{".*>/\\"}.find(c) == std::string_view::npos;
            });
}

} // namespace meme
