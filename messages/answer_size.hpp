#pragma once

#include <cstddef>
#include <optional>

#include "messages/outcome.hpp"
#include "messages/picture_spec.hpp"

namespace meme {

/// The most bytes that the headers of a result have: its Nats-Msg-Id, which names the stream and
/// the message in it, and its traceparent.
constexpr std::size_t max_result_header_bytes = 480;

/// Answers whether a result fits into one message of the NATS server.
///
/// The server counts the headers and the JSON. The JSON is the picture in base64 (4 characters for
/// 3 bytes), the texts of the request, names and numbers. A byte of a text takes up to 6 in JSON.
class answer_size {
public:
  /// `max_payload`: the bytes that the server takes in one message; 0: not known, so no limit.
  /// `max_id_chars`: the longest id that a client may give its request.
  answer_size(std::size_t max_payload, std::size_t max_id_chars);

  /// The most bytes of a picture whose result fits whatever the request's id is, for the picture is
  /// shared by all that ask for it; `no_limit` without a limit.
  std::size_t largest_picture(const picture_spec& spec) const;

  /// The bytes that the message needs, if the server does not take as many; empty: the result fits.
  /// Looks at the texts only where the picture comes close to the limit.
  std::optional<std::size_t> excess(const answer_header& header, const success& result) const;

  std::size_t max_payload() const { return max_payload_; }

private:
  std::size_t max_payload_;
  std::size_t max_id_bytes_;
};

} // namespace meme
