#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <nats/nats.h>

namespace meme::client {

/// `meme-generator request`: what to ask for, and where.
struct request_settings {
  std::string subject = "meme.request";
  std::string prompt;
  std::string id; ///< empty: the service derives one
  std::optional<std::string> negative_prompt;
  std::optional<double> guidance_scale;
  std::optional<std::uint32_t> num_inference_steps;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  bool fast_mode = false;
  bool small_image = false;
  std::string output;                ///< empty: a new file <id>.<extension> in the current folder
  std::chrono::seconds timeout{180}; ///< for the answer
};

/// Exit statuses of `request`. 2 is left to the command line's errors.
enum request_status : int { answered = 0, failed = 1, no_answer = 3 };

/// Queues one request, waits for its own answer on a private inbox, saves the picture and says on
/// stdout where it is. Errors go to stderr. Returns one of `request_status`; does not throw.
int run_request(natsOptions& nats, const request_settings& settings);

} // namespace meme::client
