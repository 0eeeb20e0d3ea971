#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace meme {

/// Serves until SIGTERM, SIGINT, SIGQUIT or SIGHUP (then drains), or until a failure that no
/// restart mends. A second signal ends the process at once. Returns the exit status: 0 after a
/// drain, else 1. `config_file` and `warnings` are what loading the settings has come to; they are
/// logged.
int run_service(config::configuration& settings, const std::string& config_file,
                const std::vector<std::string>& warnings);

} // namespace meme
