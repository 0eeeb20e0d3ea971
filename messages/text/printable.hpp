#pragma once

#include <string>
#include <string_view>

namespace meme {

/// Whether a character may be shown on one line of a terminal, a log or a page. Not shown: C0 and
/// C1 controls and DEL (they are commands to a terminal), line and paragraph separators (they forge
/// lines), the controls of writing direction of Unicode's UAX #9 (they reorder the text beside
/// them), tag characters, noncharacters and `invalid_code_point`.
bool is_printable(char32_t c);

/// Bytes from elsewhere as one line that is safe to show: a space stands for each tab, line feed
/// and carriage return, U+FFFD for any other character that is not printable and for each invalid
/// byte. Valid printable text is returned unchanged, and so is what this function has returned.
std::string printable(std::string_view bytes);

/// The same as the value of a `key=value` field: as it is if it cannot be mistaken for anything
/// else, otherwise in quotation marks, with a backslash before each quotation mark and backslash.
std::string printable_field(std::string_view bytes);

} // namespace meme
