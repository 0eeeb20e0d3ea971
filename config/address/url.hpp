#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/address/address.hpp"

namespace meme::config {

/// The parts of `scheme://user:password@host:port/path?query#fragment` (RFC 3986, section 3).
struct url {
  std::string scheme;    ///< lower case
  bool has_user = false; ///< whether there is an `@`
  std::string user;      ///< percent-decoded, as is the password
  std::string password;
  std::string host;       ///< without brackets
  std::uint16_t port = 0; ///< 0: none given
  std::string path;       ///< from the first `/`; may be empty
  std::string suffix;     ///< query and fragment, from the `?` or `#`; may be empty
};

/// CAF's own URI parser is of no use here: that of 0.17 refuses `user:password@`.
expected<url> parse_url(std::string_view text);

/// Reads `http[s]://host[:port][/path][?query]`. A user or a password is refused: the
/// Authorization header belongs to the token.
expected<url> parse_http_url(std::string_view text);

using http_url = address<url, parse_http_url>;

/// Whether an @ stands behind the host. A "/", "?" or "#" in a password ends what RFC 3986 takes
/// for the authority, and the @ tells that the writer did not mean it so. For addresses that may
/// have a password: those have no @ in what follows the host.
error check_password_encoding(std::string_view text);

/// What stands for a secret that is not shown.
constexpr const char* hidden = "<hidden>";

/// An address as people may see it: without user, password, query and fragment, any of which may
/// hold a secret. `mark` stands for what was left out: `https://<mark>@host/path?<mark>`. The rest
/// stays as it was written, whether or not it is an address; all of it is left out where there is
/// no `://`.
std::string without_secrets(std::string_view text, std::string_view mark = {});

} // namespace meme::config
