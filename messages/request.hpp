#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "messages/outcome.hpp"

namespace meme {

/// Bounds on what a request may ask for. A request outside them is refused, never clamped.
struct request_limits {
  std::size_t max_bytes = 65'536;       ///< whole JSON document
  std::size_t max_depth = 16;           ///< nesting of objects and arrays
  std::size_t max_prompt_chars = 8'000; ///< Unicode code points; also of `negative_prompt`
  std::size_t max_id_chars = 128;       ///< printable characters
  std::uint32_t min_side = 64;          ///< width and height, pixels
  std::uint32_t max_side = 2'048;       ///< width and height, pixels
  std::uint32_t max_steps = 150;        ///< num_inference_steps, from 1
  double max_guidance = 50.0;           ///< guidance_scale, from 0
};

/// What a client asks for. Absent optional fields leave the choice to the model.
struct meme_request {
  std::string id; ///< empty where the client gave none
  std::string prompt;
  std::optional<std::string> negative_prompt;
  std::optional<double> guidance_scale;
  std::optional<std::uint32_t> num_inference_steps;
  std::optional<std::uint64_t> seed; ///< 0 .. 2^64 - 1
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  bool fast_mode = false;
  bool small_image = false;
  std::string reply_to; ///< subject that gets the answer as well; empty for none
};

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

/// Whether `id` may be a request's: 1 to `limits.max_id_chars` printable characters.
bool valid_request_id(std::string_view id, const request_limits& limits);

} // namespace meme
