#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings/setting.hpp"

namespace meme::config {

/// Where a setting's value comes from.
struct origin {
  std::string spelled;         ///< the setting as that source spells it; empty: the default
  bool is_secret_file = false; ///< from the file that a variable such as HF_API_TOKEN_FILE names
};

/// A URL as it may be seen: `<hidden>` stands for user and password, and for query and fragment. A
/// password may have commas.
std::string without_user(std::string_view url);

/// The same for a list of NATS servers, which commas separate: there no user has one.
std::string each_without_user(std::string_view list);

/// The settings in effect, as a configuration file that says behind each value where it is from. A
/// secret, and whatever came from a secret file, stands there as `<hidden>` and commented out: the
/// file can be loaded, and what it hides has to be given again.
/// @param origins one for each row of `table`.
std::string dump(const std::vector<setting>& table, const std::vector<origin>& origins);

} // namespace meme::config
