#pragma once

#include "config/config.hpp"
#include "config/settings/command.hpp"

namespace meme {

/// Serves until SIGTERM, SIGINT, SIGQUIT or SIGHUP (then drains), or until a failure that no
/// restart mends. A second signal ends the process at once. Returns the exit status: 0 after a
/// drain, else 1.
int run_service(config::configuration& settings);

/// The command that does so. `settings` are read when it runs.
config::command serve_command(config::configuration& settings);

} // namespace meme
