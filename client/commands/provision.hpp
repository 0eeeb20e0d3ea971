#pragma once

#include "config/options.hpp"

namespace meme::client {

/// `meme-generator provision`: makes or checks stream and consumer, and prints what was made and
/// what is configured otherwise. With `plan_only` it only says. Returns 0 where they can be
/// served, else 1 with the reason on stderr; does not throw.
int run_provision(const config::options& options, bool plan_only);

} // namespace meme::client
