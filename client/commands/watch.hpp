#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/settings/command.hpp"

namespace meme::client {

/// `meme-generator watch`: whose answers to look at, and where to put the pictures.
struct watch_options {
  std::string subject; ///< results; errors come on <subject>.error; empty: nats.response-subject
  std::string output_folder = "."; ///< made where it is missing
  std::chrono::seconds timeout{0}; ///< stop after so long; 0: never
  std::uint64_t count = 0;         ///< stop after so many answers; 0: never
};

/// How the command line spells them.
std::vector<config::setting> rows_of(watch_options& options);

/// Saves each picture that is published while it runs and prints a line for each answer. What is no
/// answer or no picture is named, not saved and not counted. Ends at its time, its count, SIGINT or
/// SIGTERM. Returns an `exit_status`: `failed` where NATS or the folder cannot be used, `no_answer`
/// where it ended with fewer answers than `count`; does not throw.
int run_watch(const config::nats_options& nats, const watch_options& options);

/// @param nats is read when the command runs.
config::command watch_command(const config::nats_options& nats);

} // namespace meme::client
