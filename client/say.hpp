#pragma once

#include <iosfwd>
#include <string_view>

namespace meme::client {

/// Prints `text` as one line and flushes it. A command prints everything through this function, so
/// that no text from a server, a file name or another client reaches the terminal as a control
/// sequence (see messages/text/printable.hpp).
void say(std::ostream& out, std::string_view text);

/// The same for a text of several lines, the last of which ends with a line feed as well.
void say_lines(std::ostream& out, std::string_view lines);

} // namespace meme::client
