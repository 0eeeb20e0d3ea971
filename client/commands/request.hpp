#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "config/options.hpp"

namespace meme::client {

/// `meme-generator request`: what to ask for, and where.
struct request_settings {
  std::string subject = "meme.request";
  std::string prompt;
  std::string id; ///< empty: a new one
  std::optional<std::string> negative_prompt;
  std::optional<double> guidance_scale;
  std::optional<std::uint32_t> num_inference_steps;
  std::optional<std::string> seed; ///< a number as JSON spells it
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  bool fast_mode = false;
  bool small_image = false;
  std::string output;                ///< empty: a new file <id>.<extension> in the current folder
  std::chrono::seconds timeout{180}; ///< for the answer
};

/// Queues one request, waits for its own answer on a private inbox, saves the picture and says on
/// stdout where it is. What is no picture, or bears another id, is not saved. Errors go to stderr.
/// Returns an `exit_status`; does not throw.
int run_request(const config::nats_options& nats, const request_settings& settings);

} // namespace meme::client
