#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/connection.hpp"

namespace meme::client {

/// What a request says. What is out of range is for the service to refuse.
struct request_fields {
  std::string prompt;
  std::string id; ///< empty: none
  std::optional<std::string> negative_prompt;
  std::optional<double> guidance_scale;
  std::optional<std::uint32_t> num_inference_steps;
  std::optional<std::string> seed; ///< as JSON spells it: a double would not hold 64 bits
  std::optional<std::uint32_t> width;
  std::optional<std::uint32_t> height;
  bool fast_mode = false;
  bool small_image = false;
};

/// The request as the queue takes it, to be answered on `reply_to` too.
std::string encode(const request_fields& request, const std::string& reply_to);

/// Publishes `request` into the queue and returns only once the server has stored it; throws where
/// it has not. The id and the subject for the answer also go into headers: the service then finds
/// them where it cannot read the request, which may be too large. Returns the id under which the
/// service answers where it finds none that it accepts.
std::string enqueue(natsConnection& connection, const std::string& subject,
                    const request_fields& request, const std::string& reply_to);

} // namespace meme::client
