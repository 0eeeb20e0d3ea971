#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "messages/text/utf8.hpp"

/// What libFuzzer calls with each input, and `replay.cpp` with each file of the corpus. Each target
/// defines it, in a file of its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace meme::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program where something does not hold that always has to: the fuzzer keeps the input.
inline void require(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Takes the first line off `text`.
inline std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
  return line;
}

/// What every text for people has to be: up to `max_chars` characters of valid UTF-8 on one line.
inline bool is_line(std::string_view text, std::size_t max_chars) {
  for (std::size_t chars = 0; !text.empty(); ++chars) {
    const auto c = take_code_point(text);
    if (c == invalid_code_point || is_control(c) || chars == max_chars)
      return false;
  }
  return true;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

} // namespace meme::fuzz
