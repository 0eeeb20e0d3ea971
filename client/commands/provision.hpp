#pragma once

#include <vector>

#include "config/options.hpp"
#include "config/settings/command.hpp"

namespace meme::client {

/// `meme-generator provision`.
struct provision_options {
  bool plan = false; ///< only say what would be done
};

/// How the command line spells them.
std::vector<config::setting> rows_of(provision_options& options);

/// Makes or checks stream and consumer, and prints what was made and what is configured otherwise;
/// with `plan` it only says. Returns an `exit_status`: `answered` where they can be served, else
/// `failed` with the reason on stderr; does not throw.
int run_provision(const config::options& settings, const provision_options& options);

/// @param settings are read when the command runs.
config::command provision_command(const config::options& settings);

} // namespace meme::client
