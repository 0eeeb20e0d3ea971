#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace meme {

enum class picture_type { png, jpeg, webp };

/// MIME type, e.g. `image/png`.
std::string_view content_type(picture_type type);

/// File extension without the dot, e.g. `png`.
std::string_view file_extension(picture_type type);

/// A complete picture as it came from the model. Immutable once made: actors pass it on by pointer,
/// so that its bytes are never copied between the model's socket and the answer.
struct picture {
  picture_type type = picture_type::png;
  std::string bytes;
};

using picture_ptr = std::shared_ptr<const picture>;

} // namespace meme
