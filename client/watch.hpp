#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <nats/nats.h>

namespace meme::client {

/// `meme-generator watch`: whose answers to look at, and where to put the pictures.
struct watch_settings {
  std::string subject = "meme.response"; ///< results; errors are read from <subject>.error
  std::string output_folder = ".";
  std::chrono::seconds timeout{0}; ///< stop after so long; 0: never
  std::uint64_t count = 0;         ///< stop after so many answers; 0: never
};

/// Saves each picture that is published while it runs and prints a line for each answer. Ends at
/// its time, its count, SIGINT or SIGTERM. Returns 0, or 1 where NATS or the folder cannot be used.
int run_watch(natsOptions& nats, const watch_settings& settings);

} // namespace meme::client
