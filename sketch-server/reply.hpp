#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sketch-server/drawing/sketch.hpp"
#include "sketch-server/fault_plan.hpp"

namespace meme::sketch {

using shared_bytes = std::shared_ptr<const std::string>;

/// An HTTP answer before it is written. The body may be shared: thousands of connections send the
/// same picture in a load test.
struct reply {
  unsigned status = 200;
  std::string content_type;
  shared_bytes body;
  header_list headers;
  delivery how;
};

/// The answer's body after RFC 1952. Throws std::runtime_error.
std::string gzip_compressed(std::string_view body);

reply text_reply(unsigned status, std::string body,
                 std::string content_type = "text/plain; charset=utf-8");

/// `{"error":"…"}`
reply error_reply(unsigned status, std::string_view reason);

/// A picture, as `fault` would have it.
reply picture_reply(shared_bytes picture, picture_format format, const action& fault);

/// Sends the client to the same address with the query `redirected=1`.
reply redirect_reply(unsigned status, std::string_view target);

/// The answer that `fault`, whose `what` is `text`, gives in place of a picture.
reply fault_reply(const send_text& text, const action& fault);

} // namespace meme::sketch
