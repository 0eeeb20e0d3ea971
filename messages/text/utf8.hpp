#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace meme {

/// What `take_code_point` returns for a byte that belongs to no valid UTF-8 sequence.
constexpr char32_t invalid_code_point = 0xFFFF'FFFF;

/// Removes the first code point from `text`, which must not be empty, and returns it. Overlong
/// forms, surrogates and values beyond U+10FFFF are invalid (RFC 3629); of an invalid sequence one
/// byte is removed.
char32_t take_code_point(std::string_view& text);

/// White space as Unicode has it (property White_Space).
bool is_space(char32_t c);

/// Characters that no one-line text may have: C0 and C1 controls, DEL, line and paragraph
/// separators.
bool is_control(char32_t c);

/// Foreign bytes as one line of valid UTF-8 of at most `max_chars` code points: U+FFFD stands for
/// each invalid byte and each character that must not be shown (`is_printable`), one space for each
/// run of white space and controls; a truncated text ends with an ellipsis.
std::string clean_text(std::string_view bytes, std::size_t max_chars);

} // namespace meme
