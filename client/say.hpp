#pragma once

#include <iosfwd>
#include <string_view>

namespace meme::client {

/// Prints `text` as one line and flushes it. Everything that a command prints goes through here:
/// whatever of it came from a server, a file name or another client, no character of it reaches the
/// terminal as a command (see messages/text/printable.hpp).
void say(std::ostream& out, std::string_view text);

/// The same for a text of several lines, the last of which ends with a line feed as well.
void say_lines(std::ostream& out, std::string_view lines);

} // namespace meme::client
