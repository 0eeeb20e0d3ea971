#pragma once

#include <string>
#include <vector>

#include "config/settings/setting.hpp"

namespace meme::config {

/// Where a setting's value comes from.
struct origin {
  std::string spelled;         ///< the setting as that source spells it; empty: the default
  bool is_secret_file = false; ///< from the file that a variable such as HF_API_TOKEN_FILE names
};

/// The settings in effect, as a configuration file that says behind each value where it is from. A
/// secret, and whatever came from a secret file, stands there as `<hidden>` and commented out: the
/// file can be loaded, and what it hides has to be given again.
/// @param origins one for each row of `table`.
std::string dump(const std::vector<setting>& table, const std::vector<origin>& origins);

} // namespace meme::config
