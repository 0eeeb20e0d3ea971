#pragma once

#include "config/config.hpp"

namespace meme::config {

/// Fills `values`, which come with their defaults, from all sources, and checks them.
decision load_options(options& values, const sources& from, const std::vector<command>& commands);

} // namespace meme::config
