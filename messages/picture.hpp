#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace meme {

enum class picture_type { png, jpeg, webp, gif, avif };

/// MIME type, e.g. `image/png`.
std::string_view content_type(picture_type type);

/// File extension without the dot, e.g. `png`.
std::string_view file_extension(picture_type type);

/// A complete picture as it came from the model or from Redis. Immutable once made: actors pass it
/// on by pointer.
struct picture {
  picture_type type = picture_type::png;
  std::string bytes;
};

using picture_ptr = std::shared_ptr<const picture>;

/// A picture as it stands in answers. It is encoded once, however many answers it goes into.
struct encoded_picture {
  picture_type type = picture_type::png;
  std::string base64; ///< RFC 4648, section 4, with padding
};

using encoded_picture_ptr = std::shared_ptr<const encoded_picture>;

encoded_picture_ptr encode(const picture& source);

/// A size in bytes that no picture has, and whose base64 can still be counted.
constexpr std::size_t no_limit = SIZE_MAX / 2;

/// The length of the base64 of so many bytes.
constexpr std::size_t base64_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

} // namespace meme
