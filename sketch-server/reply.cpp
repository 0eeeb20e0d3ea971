#include "sketch-server/reply.hpp"

#include <algorithm>
#include <stdexcept>

#include <zlib.h>

#include "sketch-server/json.hpp"

namespace meme::sketch {

namespace {

/// What a fault does to any answer that it lets through.
reply changed(reply original, const action& fault) {
  original.headers = fault.headers;
  original.how = fault.how;
  if (fault.content_type)
    original.content_type = *fault.content_type;
  if (fault.gzip) {
    original.body = std::make_shared<const std::string>(gzip_compressed(*original.body));
    original.headers.emplace_back("Content-Encoding", "gzip");
  }
  if (fault.truncate && *fault.truncate < original.body->size())
    original.body = std::make_shared<const std::string>(original.body->substr(0, *fault.truncate));
  return original;
}

} // namespace

std::string gzip_compressed(std::string_view body) {
  constexpr int gzip_window_bits = 15 + 16; // zlib.h: 16 more for a gzip header
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window_bits, 8, Z_DEFAULT_STRATEGY)
      != Z_OK)
    throw std::runtime_error{"zlib does not start"};
  std::string result(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const auto status = deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END)
    throw std::runtime_error{"zlib does not compress"};
  return result;
}

reply text_reply(unsigned status, std::string body, std::string content_type) {
  return {status,
          std::move(content_type),
          std::make_shared<const std::string>(std::move(body)),
          {},
          {}};
}

reply error_reply(unsigned status, std::string_view reason) {
  return text_reply(status, error_json(reason), "application/json");
}

reply picture_reply(shared_bytes picture, picture_format format, const action& fault) {
  const auto type = format == picture_format::png ? "image/png" : "image/jpeg";
  return changed({200, type, std::move(picture), {}, {}}, fault);
}

reply redirect_reply(unsigned status, std::string_view target) {
  auto result = error_reply(status, "moved");
  result.headers.emplace_back("Location", std::string{target} + "?redirected=1");
  return result;
}

reply fault_reply(const send_text& text, const action& fault) {
  return changed(text_reply(text.status, text.body, text.content_type), fault);
}

} // namespace meme::sketch
