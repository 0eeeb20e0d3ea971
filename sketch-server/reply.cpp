#include "sketch-server/reply.hpp"

#include <algorithm>

#include "sketch-server/json.hpp"

namespace meme::sketch {

namespace {

/// What a fault does to any answer that it lets through.
reply changed(reply original, const action& fault) {
  original.headers = fault.headers;
  original.how = fault.how;
  if (fault.content_type)
    original.content_type = *fault.content_type;
  if (fault.truncate && *fault.truncate < original.body->size())
    original.body = std::make_shared<const std::string>(original.body->substr(0, *fault.truncate));
  return original;
}

} // namespace

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

reply fault_reply(const send_text& text, const action& fault) {
  return changed(text_reply(text.status, text.body, text.content_type), fault);
}

} // namespace meme::sketch
