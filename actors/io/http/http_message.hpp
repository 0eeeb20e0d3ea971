#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <boost/algorithm/string/predicate.hpp>

namespace meme::io {

struct http_request {
  std::string url;
  std::vector<std::string> headers; ///< `Name: value`
  std::string body;                 ///< sent with POST
  /// Whether the headers have a secret: the request is then refused if it would go unencrypted
  /// (http://) to another machine.
  bool is_confidential = false;

  /// Without the header Authorization from now on.
  void forget_token() {
    const auto is_token = [](const std::string& header) {
      return boost::algorithm::istarts_with(header, "authorization:");
    };
    headers.erase(std::remove_if(headers.begin(), headers.end(), is_token), headers.end());
    is_confidential = false;
  }
};

enum class transfer_error {
  none,
  connect, ///< name or connection
  tls,     ///< handshake or certificate
  timeout, ///< total limit
  stalled, ///< silence in the middle of the body
  cut,     ///< the connection broke before the announced end
  /// The connection ended before an answer, or the server returned the request: retry on another
  /// connection. It had served other requests, or uses HTTP/2 (REFUSED_STREAM, GOAWAY).
  stale,
  too_large,     ///< after decoding
  no_descriptor, ///< this process may open no further file
  other
};

struct http_reply {
  transfer_error error = transfer_error::none;
  std::string error_text; ///< the library's text; empty without error
  long status = 0;        ///< 0: none was received
  std::string content_type;
  std::string date;        ///< header of that name
  std::string retry_after; ///< header Retry-After
  std::string rate_limit;  ///< header RateLimit
  std::string location;    ///< of a redirect that was not followed; absolute if it is a URL
  unsigned redirects = 0;  ///< followed redirects; each was another POST
  std::string body;        ///< decoded: gzip and libcurl's other encodings
};

} // namespace meme::io
