#pragma once

#include <string>
#include <string_view>

namespace meme {

/// The parts of an http(s) address that decisions depend on (RFC 3986, section 3). The views point
/// into the address; it is taken as valid, the configuration has checked it.
struct url_parts {
  std::string_view scheme;
  std::string_view host;   ///< without user, password and port
  std::string_view path;   ///< from the first `/`, may be empty
  std::string_view suffix; ///< query and fragment, from `?` or `#`; may be empty
};

url_parts split_url(std::string_view url);

/// The address as it may be shown: without user, password, query and fragment, any of which may
/// hold a secret.
std::string shown_url(std::string_view url);

} // namespace meme
