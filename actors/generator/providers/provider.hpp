#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "actors/io/http/http_message.hpp"
#include "config/options.hpp"
#include "messages/picture_spec.hpp"
#include "messages/verdict.hpp"

namespace meme {

/// A wire format in which models are called. Pure code: it does no I/O and makes no decisions on
/// retries. One object serves all calls of a model client, so it keeps nothing between them.
///
/// What formats have in common stands beside it: what a status or a broken transfer means
/// (`model_failure.hpp`), the server's words (`model_words.hpp`), how long it asks to wait
/// (`retry_after.hpp`).
class provider {
public:
  provider() = default;
  provider(const provider&) = delete;
  provider& operator=(const provider&) = delete;
  virtual ~provider() = default;

  /// The format's word in the configuration and in log lines: lower case, no spaces.
  virtual std::string_view name() const = 0;

  /// The call for a picture, with the token. `is_confidential` is left to the caller.
  virtual io::http_request build_request(const picture_spec& spec) const = 0;

  /// What came of the call, in the end or in failure. Of a picture `reply.body` then begins with
  /// the picture's bytes (`picture_bytes` of them): a format that wraps a picture, in base64 or
  /// else, decodes it within `reply.body`, since it may have megabytes and is charged to the byte
  /// budget once. Does not throw on any reply.
  /// @param unix_time_s the present, for dates in replies of servers that do not say theirs.
  virtual model_verdict read_reply(io::http_reply& reply, std::int64_t unix_time_s) const = 0;
};

using provider_ptr = std::unique_ptr<const provider>;

/// The provider for what the configuration says. `huggingface` is the only one.
provider_ptr make_provider(const config::generator_options& options);

} // namespace meme
