#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "sketch-server/drawing/sketch.hpp"

namespace meme::sketch {

/// Why a request is not served, in the API's own words where they are known.
struct refusal {
  unsigned status;
  std::string reason;
};

/// Reads the body of a text-to-image request, `{"inputs": "…"}`: 400 where it
/// is no JSON, 422 where it is not such an object or a side is not in [min_side, max_side]. Other
/// parameters are a model's business, and ignored.
std::variant<picture_order, refusal> read_prompt_request(std::string_view body,
                                                         picture_size usual_size);

/// The format that an Accept header asks for: the first picture type in it that can be had, PNG
/// where there is none. Weights (`q=`) are not looked at.
picture_format accepted_format(std::string_view accept);

} // namespace meme::sketch
