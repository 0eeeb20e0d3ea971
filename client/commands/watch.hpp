#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "config/options.hpp"

namespace meme::client {

/// `meme-generator watch`: whose answers to look at, and where to put the pictures.
struct watch_settings {
  std::string subject = "meme.response"; ///< results; errors are read from <subject>.error
  std::string output_folder = ".";
  std::chrono::seconds timeout{0}; ///< stop after so long; 0: never
  std::uint64_t count = 0;         ///< stop after so many answers; 0: never
};

/// Saves each picture that is published while it runs and prints a line for each answer. What is no
/// answer or no picture is named, not saved and not counted. Ends at its time, its count, SIGINT or
/// SIGTERM. Returns an `exit_status`: `failed` where NATS or the folder cannot be used, `no_answer`
/// where it ended with fewer answers than `count`; does not throw.
int run_watch(const config::nats_options& nats, const watch_settings& settings);

} // namespace meme::client
