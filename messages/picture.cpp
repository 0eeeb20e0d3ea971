#include "messages/picture.hpp"

#include <algorithm>

#include <openssl/evp.h>

namespace meme {

std::string_view content_type(picture_type type) {
  switch (type) {
  case picture_type::png:
    return "image/png";
  case picture_type::jpeg:
    return "image/jpeg";
  case picture_type::webp:
    return "image/webp";
  case picture_type::gif:
    return "image/gif";
  case picture_type::avif:
    return "image/avif";
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
  case picture_type::gif:
    return "gif";
  case picture_type::avif:
    return "avif";
  }
  return "bin";
}

encoded_picture_ptr encode(const picture& source) {
  auto result = std::make_shared<encoded_picture>();
  result->type = source.type;
  // One more for the NUL that the encoder writes behind each piece. Pieces, for its length is an
  // int; a multiple of three bytes keeps padding out of the middle.
  constexpr std::size_t piece_size = std::size_t{3} << 20;
  auto& text = result->base64;
  text.resize(base64_size(source.bytes.size()) + 1);
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  for (std::size_t done = 0; done < source.bytes.size(); done += piece_size) {
    const auto size = std::min(piece_size, source.bytes.size() - done);
    out += EVP_EncodeBlock(out, reinterpret_cast<const unsigned char*>(&source.bytes[done]),
                           static_cast<int>(size));
  }
  text.pop_back();
  return result;
}

} // namespace meme
