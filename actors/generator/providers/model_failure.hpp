#pragma once

#include <cstdint>
#include <string_view>

#include "messages/verdict.hpp"

namespace meme {

/// Why no complete answer came back.
enum class transport_error {
  none,
  connect,       ///< no name, no connection
  timeout,       ///< the time limit of one call
  stalled,       ///< silence in the middle of the body
  cut,           ///< the connection broke before the end
  stale,         ///< a connection that was in use already ended before an answer
  tls,           ///< handshake or certificate
  too_large,     ///< a body beyond the limit
  no_descriptor, ///< this process may open no further file: no word about the model
  other
};

/// What came back from the model's endpoint.
struct model_reply {
  transport_error transport = transport_error::none; ///< if not `none`, nothing below it counts
  std::string_view transport_text;                   ///< the library's own description of it
  long status = 0;
  std::string_view body;
  std::string_view content_type; ///< quoted where no picture came; it decides nothing
  std::string_view date;         ///< header `Date`: the model's own clock; empty where none
  std::string_view location;     ///< header `Location` of a redirect that was not followed
  std::string_view retry_after;  ///< header `Retry-After`; empty where there is none
  std::string_view rate_limit;   ///< header `RateLimit`; empty where there is none
  std::string_view secret;       ///< the token: masked wherever the model repeats it (`redact`)
};

/// Classifies the end of a call to a Hugging Face endpoint, serverless or dedicated:
///
///     2xx, complete picture   picture
///     2xx, picture that we
///       do not pass on        reject         invalid_picture; names the type
///     2xx, anything else      retry          invalid_picture
///     3xx                     reject         model_not_found; the text names the Location
///     400, 413, 422, 4xx      reject         model_rejected
///     401, 402, 403           unauthorized   model_unauthorized
///     404, 410                reject         model_not_found
///     408, 425                retry          model_unavailable
///     429                     wait           model_overloaded
///     503 that says when      wait           model_unavailable
///     5xx, any other status   retry          model_unavailable
///     time limit, stalled     retry          model_timeout
///     body too large          reject         image_too_large
///     stale connection        retry          model_unavailable; may not be the model's fault
///     no file descriptor      wait           internal; the model is not to blame
///     other transport error   retry          model_unavailable
///
/// 400 is final although dedicated endpoints answer every exception with it: what a request caused
/// once it causes again. `retry_after` comes from the header `Retry-After`, else `RateLimit`, else
/// from `estimated_time` in the body of a 503. A date in it is compared to the answer's own `date`,
/// for the model's clock need not agree with ours; to `unix_time_s`, the present, where the answer
/// has no date. Where the fault may lie in the configuration the text names the setting.
model_verdict classify(const model_reply& reply, std::int64_t unix_time_s);

} // namespace meme
