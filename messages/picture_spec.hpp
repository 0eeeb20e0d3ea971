#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace meme {

/// Everything that decides what a picture looks like: the call to the model, ready to be sent.
struct picture_spec {
  std::string url;    ///< endpoint
  std::string model;  ///< the model's name, for people
  std::string inputs; ///< the prompt as the model gets it
  std::optional<std::string> negative_prompt;
  std::optional<double> guidance_scale;
  std::optional<std::uint32_t> num_inference_steps;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> width;  ///< pixels
  std::optional<std::uint32_t> height; ///< pixels
  std::string accept = "image/png";    ///< MIME type asked for
};

/// The body of the call in the words of Hugging Face's text-to-image task:
///     {"inputs": …, "parameters": {…}}
/// Of the parameters those that are present; all the rest is the model's choice.
std::string encode_model_request(const picture_spec& spec);

} // namespace meme
