#pragma once

#include "config/config.hpp"

namespace meme {

/// Serves until SIGTERM or SIGINT (then drains), or until a failure that no restart mends. A second
/// signal ends the process at once. Returns the exit status: 0 after a drain, else 1.
int run_service(config::configuration& settings);

} // namespace meme
