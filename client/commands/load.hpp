#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/settings/command.hpp"

namespace meme::client {

/// `meme-generator load`: how much to ask for.
struct load_options {
  std::string subject;       ///< empty: nats.request-subject
  std::uint64_t count = 100; ///< requests
  double rate_per_s = 10;    ///< 0: as fast as the queue takes them
  double hit_ratio = 0;      ///< 0..1: share that repeats a prompt answered before
  std::uint64_t seed = 0;    ///< of what is repeated
  bool small_image = false;
  std::chrono::seconds timeout{180}; ///< for the answers that are missing after the last request
};

/// How the command line spells them.
std::vector<config::setting> rows_of(load_options& options);

/// Queues the requests at an even rate, whatever their answers do, with a progress bar on stderr,
/// and says on stdout how long the answers took, drawn ones and cached ones apart. A repetition is
/// only asked for once there is an answer to repeat, so that it can be a hit. An answer whose bytes
/// are no picture counts as the error `no_picture`. Returns an `exit_status`: `failed` where a
/// request got an error or NATS cannot be used, `no_answer` where an answer is missing; does not
/// throw.
int run_load(const config::nats_options& nats, const load_options& options);

/// @param nats is read when the command runs.
config::command load_command(const config::nats_options& nats);

} // namespace meme::client
