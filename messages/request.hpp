#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "messages/outcome.hpp"
#include "messages/request_fields.hpp"

namespace meme {

/// Why a request cannot be served, and what is known of it all the same.
struct bad_request {
  std::string id;       ///< the request's id where it is a readable, valid one; else empty
  std::string error;    ///< for a person; names the field
  std::string reply_to; ///< as far as it could be read and is valid
  error_code code = error_code::bad_request; ///< or `request_too_large`
};

/// Reads a request from JSON. Never throws on any input; unknown fields are ignored, wrong types
/// and values out of range are refused. Runs in constant stack whatever the nesting.
///
/// Where JSON leaves room: `null` is the same as an absent field, an `id` or `reply_to` that is
/// empty as well; a whole number may be spelled 512, 512.0 or 5.12e2, since JSON has one type of
/// number; a `seed` of -1 is the same as none; a field given twice is refused, for parsers differ
/// on which one counts. Printable is every code point but controls (C0, C1, DEL) and line or
/// paragraph separators.
///
/// Of several faults the error names one: invalid JSON before everything else, then the first field
/// at fault. `id` and `reply_to` are picked up wherever they stand, as far as the JSON can be read.
std::variant<meme_request, bad_request> parse_request(std::string_view json,
                                                      const request_limits& limits);

/// The request as JSON, as a client puts it into the queue: flags, and all else that is present.
std::string encode_request(const meme_request& request);

/// Whether `id` may be a request's: 1 to `limits.max_id_chars` printable characters.
bool valid_request_id(std::string_view id, const request_limits& limits);

} // namespace meme
