#pragma once

#include <string_view>

#include "sketch-server/http/route.hpp"
#include "sketch-server/model.hpp"

namespace meme::sketch {

/// Answers `GET /_stats`, `POST /_faults` and `POST /_reset`.
reply administer(model& subject, route where, bool is_post, std::string_view target,
                 std::string_view body);

} // namespace meme::sketch
