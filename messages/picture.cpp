#include "messages/picture.hpp"

namespace meme {

std::string_view content_type(picture_type type) {
  switch (type) {
  case picture_type::png:
    return "image/png";
  case picture_type::jpeg:
    return "image/jpeg";
  case picture_type::webp:
    return "image/webp";
  }
  return "application/octet-stream";
}

std::string_view file_extension(picture_type type) {
  switch (type) {
  case picture_type::png:
    return "png";
  case picture_type::jpeg:
    return "jpg";
  case picture_type::webp:
    return "webp";
  }
  return "bin";
}

} // namespace meme
