#pragma once

#include <string>

namespace meme::io {

/// Whether a redirect with this status keeps method and body (RFC 9110, 15.4.8 and 15.4.9). After
/// 301 and 302 clients may send GET instead, after 303 they must.
inline bool keeps_method(long status) {
  return status == 307 || status == 308;
}

struct redirect {
  std::string url;            ///< absolute, without fragment; empty where `location` is no URL
  bool stays_on_host = false; ///< and is http or https, and never http where `from` is https
};

/// Where an answer to `from` with this header `Location` leads.
redirect resolve_redirect(const std::string& from, const std::string& location);

} // namespace meme::io
