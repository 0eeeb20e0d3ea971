#pragma once

#include <string>
#include <vector>

namespace meme::io {

struct http_request {
  std::string url;
  std::vector<std::string> headers; ///< `Name: value`
  std::string body;                 ///< sent with POST
  /// Whether the headers hold a secret that must not travel in clear: the request is then refused
  /// where it would go over http:// to another machine.
  bool is_confidential = false;
};

enum class transfer_error {
  none,
  connect, ///< name or connection
  tls,     ///< handshake or certificate
  timeout, ///< total limit
  stalled, ///< silence in the middle of the body
  cut,     ///< the connection broke before the announced end
  /// The connection ended before an answer, or gave the request back, and another one is to be
  /// tried: it had served other requests, or is one of HTTP/2 (REFUSED_STREAM, GOAWAY).
  stale,
  too_large,     ///< after decoding
  no_descriptor, ///< this process may open no further file
  other
};

struct http_reply {
  transfer_error error = transfer_error::none;
  std::string error_text; ///< the library's words; empty without error
  long status = 0;        ///< 0 where none came
  std::string content_type;
  std::string date;        ///< header of that name
  std::string retry_after; ///< header Retry-After
  std::string rate_limit;  ///< header RateLimit
  std::string location;    ///< of a redirect that was not followed: absolute where it is a URL
  unsigned redirects = 0;  ///< followed on the way here: each was a POST of its own
  std::string body;        ///< decoded: gzip and what else libcurl knows
};

} // namespace meme::io
