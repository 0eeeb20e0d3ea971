#pragma once

#include <cstdint>
#include <string_view>

#include "actors/io/http/http_message.hpp"
#include "messages/verdict.hpp"

namespace meme {

// What the end of a call means, whatever the wire format:
//
//     2xx, complete picture   picture
//     2xx, picture that we
//       do not pass on        reject         invalid_picture; names the type
//     2xx, anything else      retry          invalid_picture
//     3xx                     reject         model_not_found; the text names the Location
//     400, 413, 422, 4xx      reject         model_rejected
//     401, 402, 403           unauthorized   model_unauthorized
//     404, 410                reject         model_not_found
//     408, 425                retry          model_unavailable
//     429                     wait           model_overloaded
//     503 that says when      wait           model_unavailable
//     5xx, any other status   retry          model_unavailable
//     time limit, stalled     retry          model_timeout
//     body too large          reject         image_too_large
//     stale connection        retry          model_unavailable; may not be the model's fault
//     no file descriptor      wait           internal; the model is not to blame
//     other transfer error    retry          model_unavailable
//
// 400 is final although dedicated endpoints of Hugging Face answer every exception with it: what a
// request caused once it causes again.
//
// `secret` is the token: it is masked wherever the model repeats it (`redact`).

/// Whether a status says that the call has succeeded.
bool is_success(long status);

/// The verdict on a transfer that did not end, for which `reply.error` has the reason.
model_verdict judge_transfer(const io::http_reply& reply, std::string_view secret);

/// The verdict on a success whose body is, or should be, a picture.
model_verdict judge_picture(const io::http_reply& reply, std::string_view secret);

/// The verdict on any other status. `retry_after` comes from the header `Retry-After`, else
/// `RateLimit`, else from `estimated_time` in the body of a 503. A date in it is compared to the
/// reply's own `date`, for the model's clock need not agree with ours; to `unix_time_s`, the
/// present, if the reply has no date. If the fault may lie in the configuration the text names the
/// setting.
model_verdict judge_refusal(const io::http_reply& reply, std::string_view secret,
                            std::int64_t unix_time_s);

} // namespace meme
