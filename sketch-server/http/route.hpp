#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meme::sketch {

enum class route { model, health, stats, calls, faults, reset, unknown };

/// Where a request's path leads, e.g. `/hf-inference/models/org/name` to a model. Without `admin`
/// the administration's addresses are unknown ones.
route route_of(std::string_view path, bool admin);

/// A request's target up to its query.
std::string_view path_of(std::string_view target);

/// The value of `name` in the query of a request's target, percent-decoded; nothing if there is no
/// such name or its value is not well encoded.
std::optional<std::string> query_value(std::string_view target, std::string_view name);

} // namespace meme::sketch
