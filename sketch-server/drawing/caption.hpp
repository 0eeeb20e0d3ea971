#pragma once

#include <string>
#include <string_view>

namespace meme::sketch {

/// The words over and under the picture.
struct caption {
  std::string top;
  std::string bottom;
};

/// Divides a prompt (UTF-8) as a meme's author would: at a line break if there is one, else near
/// the middle, rather after a comma or a full stop, rather before "when" or "with". A single word
/// goes to the bottom. White space and control characters become single blanks; letters become
/// capitals.
caption caption_of(std::string_view prompt);

} // namespace meme::sketch
