#pragma once

#include "config/config.hpp"

namespace meme::config {

/// Fills `values`, which come with their defaults, from all sources, and checks them.
decision load_options(options& values, const sources& from);

} // namespace meme::config
