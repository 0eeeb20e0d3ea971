#pragma once

#include <string>

#include "messages/request_fields.hpp"

namespace meme {

/// Everything that decides what a picture looks like: the call to the model, ready to be sent.
struct picture_spec {
  std::string url;    ///< endpoint
  std::string model;  ///< the model's name, for people
  std::string inputs; ///< the prompt as the model gets it
  picture_parameters parameters;
  std::string accept = "image/png"; ///< MIME type asked for
};

} // namespace meme
