#pragma once

#include <cstddef>

#include "messages/picture.hpp"
#include "messages/picture_spec.hpp"

namespace meme {

/// The most bytes that a picture may have for its answer to fit into one message of a server that
/// takes `max_payload` bytes (0: not known, and so without limit).
///
/// An answer is the picture in base64 (4 characters for 3 bytes), the prompt, which JSON may write
/// with up to 6 bytes for one, and names and headers of a bounded size. It leaves more room than
/// the answer to one request needs, for the picture is shared by all that ask for it.
inline std::size_t largest_picture(std::size_t max_payload, const picture_spec& spec) {
  constexpr std::size_t names_and_headers = 3'072;
  if (max_payload == 0)
    return no_limit;
  const auto rest = names_and_headers + 6 * spec.inputs.size() + spec.model.size();
  return max_payload > rest ? (max_payload - rest) / 4 * 3 : 0;
}

} // namespace meme
