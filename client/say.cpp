#include "client/say.hpp"

#include <algorithm>
#include <ostream>

#include "messages/text/printable.hpp"

namespace meme::client {

void say(std::ostream& out, std::string_view text) {
  out << printable(text) << std::endl;
}

void say_lines(std::ostream& out, std::string_view lines) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    say(out, lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

} // namespace meme::client
