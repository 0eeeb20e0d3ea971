#include "actors/io/http/http_transfer.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>

#include <boost/algorithm/string/predicate.hpp>

#include "actors/io/unique_fd.hpp"
#include "config/address/clear_text.hpp"

namespace meme::io {

namespace {

bool header_is(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':'
         && boost::algorithm::iequals(line.substr(0, name.size()), name);
}

std::string header_value(std::string_view line) {
  auto begin = line.find_first_not_of(" \t", line.find(':') + 1);
  auto end = line.find_last_not_of(" \t\r\n");
  if (begin == std::string_view::npos || end < begin)
    return {};
  return std::string{line.substr(begin, end - begin + 1)};
}

transfer_error classify(CURLcode code) {
  switch (code) {
  case CURLE_OK:
    return transfer_error::none;
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
  case CURLE_COULDNT_CONNECT:
    return transfer_error::connect;
  case CURLE_OPERATION_TIMEDOUT:
    return transfer_error::timeout;
  case CURLE_PARTIAL_FILE:
  case CURLE_RECV_ERROR:
  case CURLE_SEND_ERROR:
  case CURLE_SEND_FAIL_REWIND:
  case CURLE_GOT_NOTHING:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM:
    return transfer_error::cut;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CERTPROBLEM:
    return transfer_error::tls;
  case CURLE_FILESIZE_EXCEEDED:
    return transfer_error::too_large;
  default:
    return transfer_error::other;
  }
}

/// Whether the process may open no further file. libcurl reports this like an unknown name, or a
/// certificate that cannot be read.
bool no_descriptor_left() {
  const unique_fd probe{::eventfd(0, EFD_CLOEXEC)};
  return !probe && (errno == EMFILE || errno == ENFILE);
}

} // namespace

bool libcurl_since(unsigned version) {
  static const unsigned present = curl_version_info(CURLVERSION_NOW)->version_num;
  return present >= version;
}

name_cache make_name_cache() {
  name_cache cache{curl_share_init(), [](CURLSH* share) { curl_share_cleanup(share); }};
  if (!cache)
    throw std::bad_alloc();
  curl_share_setopt(cache.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS); // one thread: no locks
  return cache;
}

http_transfer::~http_transfer() {
  curl_slist_free_all(headers);
}

bool http_transfer::is_encrypted() const {
  return boost::algorithm::istarts_with(request.url, "https:");
}

void http_transfer::configure(const http_limits& limits, clock::time_point time) {
  curl_slist_free_all(std::exchange(headers, nullptr)); // of the address before a redirect
  for (auto& header : request.headers)
    headers = curl_slist_append(headers, header.c_str());
  headers = curl_slist_append(headers, "Expect:"); // no round trip before the body
  // Bodies are decoded, because some gateways compress them without being asked. The header that
  // requests it is not sent: a picture does not get smaller.
  headers = curl_slist_append(headers, "Accept-Encoding:");
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_SHARE, names.get());
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https"); // none is followed by libcurl
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "meme-generator/" MEME_VERSION);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Prefer a stream of an HTTP/2 connection to a new connection. Not without TLS: there is no
  // HTTP/2, and libcurl would wait until the first answer has arrived.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, is_encrypted() ? 1L : 0L);
  // A secret must not leave this machine unencrypted, so it must not go to a proxy elsewhere
  // either.
  if (request.is_confidential && !is_encrypted())
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
  // The same meaning as in OpenSSL, which NATS and Redis use; Debian's libcurl has its own path.
  if (const auto* authorities = std::getenv("SSL_CERT_FILE"))
    curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - time).count();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max(static_cast<long>(left), 1L));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(limits.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.max_body_bytes));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text);
}

bool http_transfer::take_header(std::string_view line, std::size_t most) {
  answered = true;
  header_bytes += line.size();
  if (header_bytes > most) {
    reply.error = transfer_error::other;
    reply.error_text = "headers and trailers of more than " + std::to_string(most) + " bytes";
    return false;
  }
  if (boost::algorithm::starts_with(line, "HTTP/")) { // of an answer that comes after a 103, too
    for (auto* field :
         {&reply.content_type, &reply.date, &reply.retry_after, &reply.rate_limit, &reply.location})
      field->clear();
  } else if (header_is(line, "content-type")) {
    reply.content_type = header_value(line);
  } else if (header_is(line, "date")) {
    reply.date = header_value(line);
  } else if (header_is(line, "retry-after")) {
    reply.retry_after = header_value(line);
  } else if (header_is(line, "ratelimit")) {
    reply.rate_limit = header_value(line);
  } else if (header_is(line, "location")) {
    reply.location = header_value(line);
  }
  return true;
}

bool http_transfer::may_send(const char* peer_address) {
  if (sent) {
    // libcurl would send the request again: a reused connection was closed without an answer, or
    // HTTP/2 returned the request. libcurl does not say which. The model may have served the
    // request, and bill it: the caller, which counts the calls, decides.
    reply.error = transfer_error::stale;
    reply.error_text = "the connection was closed before an answer came";
    return false;
  }
  if (request.is_confidential && !is_encrypted() && !config::is_loopback(peer_address)) {
    reply.error = transfer_error::other;
    reply.error_text = std::string{"the token must not go in clear to "} + peer_address
                       + "; use https://, or set generator.allow-insecure-token";
    return false;
  }
  long opened = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
  reused = opened == 0;
  sent = true;
  return true;
}

void http_transfer::conclude(CURLcode result) {
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply.status);
  if (reply.error == transfer_error::none)
    reply.error = classify(result);
  const auto may_be_ours =
      !answered && reply.error != transfer_error::none && reply.error != transfer_error::timeout
      && reply.error != transfer_error::cut && reply.error != transfer_error::stale;
  if (may_be_ours && (home->out_of_descriptors() || no_descriptor_left()))
    reply.error = transfer_error::no_descriptor;
  if (reply.error != transfer_error::none && reply.error_text.empty())
    reply.error_text = *error_text != '\0' ? error_text : curl_easy_strerror(result);
}

/// A dead HTTP/2 connection would get every later request. A dead HTTP/1.1 connection is closed
/// with the request, but if it had been idle, the other idle ones may be dead, too.
bool http_transfer::doubts_connection() const {
  const auto silent = reply.error == transfer_error::timeout || reply.error == transfer_error::cut
                      || reply.error == transfer_error::stale;
  return sent && !answered && silent && (reused || is_encrypted());
}

void http_transfer::redirect_to(std::string url) {
  request.url = std::move(url);
  const auto redirects = reply.redirects + 1;
  reply = {};
  reply.redirects = redirects;
  sent = reused = answered = false;
  last_byte = {};
  header_bytes = charged = 0;
  *error_text = '\0';
}

} // namespace meme::io
