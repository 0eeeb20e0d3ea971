#pragma once

#include <string>

namespace meme::io {

/// Whether a redirect with this status keeps method and body (RFC 9110, 15.4.8 and 15.4.9). After
/// 301 and 302 clients may send GET instead, after 303 they must.
inline bool keeps_method(long status) {
  return status == 307 || status == 308;
}

struct redirect {
  std::string url; ///< absolute, without fragment; empty if `location` is not a URL
  /// To the same host, by http or https, and never by http where `from` is https.
  bool stays_on_host = false;
  /// And to the same port; from port 80 to https on 443 counts as the same. Another port of the
  /// host may belong to another service, which must not get the token.
  bool stays_on_server = false;
};

/// Where an answer to `from` with this header `Location` leads.
redirect resolve_redirect(const std::string& from, const std::string& location);

} // namespace meme::io
