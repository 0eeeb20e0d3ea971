#pragma once

#include <cstdint>
#include <string>

#include "config/address/url.hpp"
#include "messages/picture_spec.hpp"
#include "messages/request.hpp"

namespace meme {

/// The model's name for people: what follows `/models/` in the path, else the host.
std::string model_name(const config::url& url);

/// A model's resolved address (`resolve_endpoint`), and its name.
struct model_address {
  model_address() = default;
  explicit model_address(const config::http_url& address)
      : url(address.text()), name(model_name(*address)) {}

  std::string url; ///< empty: none
  std::string name;
};

/// What the service adds to a request.
struct plan_options {
  model_address normal;
  model_address fast;                       ///< for `fast_mode`; none: `normal` with few steps
  std::string prompt_template = "{prompt}"; ///< what the model gets as its inputs
  std::uint32_t fast_steps = 4;             ///< of `fast_mode` without `fast`
  std::string accept = "image/png";         ///< MIME type asked for
};

/// What to ask the model for. What a request says explicitly always wins: `small_image` means
/// 512 x 512, side by side only where the request leaves it open, and `fast_mode` the fast endpoint
/// or, where there is none, few steps unless the request names its own number.
///
/// Every `{prompt}` of the template is replaced; the prompt itself is never taken for a template.
picture_spec plan_picture(const meme_request& request, const plan_options& options);

} // namespace meme
