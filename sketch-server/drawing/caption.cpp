#include "sketch-server/drawing/caption.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include <glib.h>

namespace meme::sketch {

namespace {

std::string capitals(std::string_view text) {
  const std::unique_ptr<char, decltype(&g_free)> upper{
      g_utf8_strup(text.data(), static_cast<gssize>(text.size())), &g_free};
  return upper.get();
}

/// Bytes of a prompt that are looked at: no picture shows more, and laying out takes time.
constexpr std::size_t longest_caption = 8'000;

/// At most `limit`, less what would cut a UTF-8 sequence in two.
std::size_t whole_characters(std::string_view text, std::size_t limit) {
  if (text.size() <= limit)
    return text.size();
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80)
    --limit;
  return limit;
}

bool is_blank(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
}

/// The words of `text` with single blanks between them.
std::string tidy(std::string_view text) {
  std::string result;
  for (const char c : text)
    if (!is_blank(c))
      result += c;
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  if (!result.empty() && result.back() == ' ')
    result.pop_back();
  return result;
}

/// Words that belong to what follows them: a line may begin with one, but hardly end with it.
constexpr std::string_view leading_words[] = {
    "A",    "AN",      "AND",   "ARE",  "AT",   "BECAUSE", "BUT",  "BY",   "FOR",
    "FROM", "IF",      "IN",    "INTO", "IS",   "IT",      "LIKE", "MY",   "NOT",
    "OF",   "ON",      "OR",    "SO",   "THAT", "THE",     "TO",   "THEN", "WAS",
    "WHEN", "WEARING", "WHILE", "WHO",  "WITH", "WITHOUT", "YOUR"};

bool leads(std::string_view word) {
  return std::find(std::begin(leading_words), std::end(leading_words), word)
         != std::end(leading_words);
}

/// How badly `text` divides at the blank at `at`: its distance from the middle as a part of the
/// text, less what speaks for the place.
double cost_of_break(std::string_view text, std::size_t at) {
  const auto middle = static_cast<double>(text.size()) / 2;
  const auto distance = std::abs(static_cast<double>(at) - middle) / middle;
  const auto before = text.substr(0, at);
  const auto after = text.substr(at + 1);
  const auto ends_a_clause =
      std::string_view{".,;:!?"}.find(before.back()) != std::string_view::npos;
  const auto cut_off = leads(before.substr(before.rfind(' ') + 1));
  return distance + (cut_off ? 0.4 : 0.0) - (ends_a_clause ? 0.45 : 0.0)
         - (leads(after.substr(0, after.find(' '))) ? 0.4 : 0.0);
}

} // namespace

caption caption_of(std::string_view prompt) {
  prompt = prompt.substr(0, whole_characters(prompt, longest_caption));
  const auto first = std::find_if_not(prompt.begin(), prompt.end(), is_blank);
  if (const auto line_end = std::find(first, prompt.end(), '\n'); line_end != prompt.end()) {
    const auto at = static_cast<std::size_t>(line_end - prompt.begin());
    auto rest = capitals(tidy(prompt.substr(at)));
    if (!rest.empty())
      return {capitals(tidy(prompt.substr(0, at))), std::move(rest)};
  }
  const auto text = capitals(tidy(prompt));
  auto best = std::string::npos;
  auto lowest = 0.0;
  for (auto at = text.find(' '); at != std::string::npos; at = text.find(' ', at + 1))
    if (const auto cost = cost_of_break(text, at); best == std::string::npos || cost < lowest) {
      best = at;
      lowest = cost;
    }
  if (best == std::string::npos)
    return {"", text};
  auto top = text.substr(0, best);
  if (top.size() > 1 && top.back() == ',')
    top.pop_back();
  return {std::move(top), text.substr(best + 1)};
}

} // namespace meme::sketch
