#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/picture_spec.hpp"
#include "messages/request.hpp"

namespace meme::policy {

/// What the service adds to a request. The addresses are resolved ones (`resolve_endpoint`).
struct plan_options {
  std::string url;
  std::string fast_url;                     ///< for `fast_mode`; empty: `url` with few steps
  std::string prompt_template = "{prompt}"; ///< what the model gets as its inputs
  std::uint32_t fast_steps = 4;             ///< of `fast_mode` without `fast_url`
  std::string accept = "image/png";         ///< MIME type asked for
};

/// What to ask the model for. What a request says explicitly always wins: `small_image` means
/// 512 x 512, side by side only where the request leaves it open, and `fast_mode` the fast endpoint
/// or, where there is none, few steps unless the request names its own number.
///
/// Every `{prompt}` of the template is replaced; the prompt itself is never taken for a template.
picture_spec plan_picture(const meme_request& request, const plan_options& options);

/// The model's name for people: what follows `/models/` in the path, else the host.
std::string model_name(std::string_view url);

} // namespace meme::policy
