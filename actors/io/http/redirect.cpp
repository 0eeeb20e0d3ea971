#include "actors/io/http/redirect.hpp"

#include <memory>

#include <boost/algorithm/string/predicate.hpp>
#include <curl/curl.h>

namespace meme::io {

namespace {

struct url_deleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using url_ptr = std::unique_ptr<CURLU, url_deleter>;

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
    return {};
  std::string result{text};
  curl_free(text);
  return result;
}

std::string port_of(CURLU* url) {
  return part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

} // namespace

redirect resolve_redirect(const std::string& from, const std::string& location) {
  const url_ptr url{curl_url()};
  if (!url || location.empty()
      || curl_url_set(url.get(), CURLUPART_URL, from.c_str(), 0) != CURLUE_OK)
    return {};
  const auto host = part_of(url.get(), CURLUPART_HOST);
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME);
  const auto port = port_of(url.get());
  if (curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK)
    return {};
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  const auto next_scheme = part_of(url.get(), CURLUPART_SCHEME);
  const auto safe = next_scheme == "https" || (next_scheme == "http" && scheme == "http");
  const auto next_port = port_of(url.get());
  const auto upgraded = scheme == "http" && port == "80" && next_port == "443";
  // A user in the address would become a second Authorization header.
  const auto has_user = !part_of(url.get(), CURLUPART_USER).empty()
                        || !part_of(url.get(), CURLUPART_PASSWORD).empty();
  const auto stays_on_host =
      safe && !has_user && boost::algorithm::iequals(part_of(url.get(), CURLUPART_HOST), host);
  return {part_of(url.get(), CURLUPART_URL), stays_on_host,
          stays_on_host && (next_port == port || upgraded)};
}

} // namespace meme::io
