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

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
    return {};
  std::string result{text};
  curl_free(text);
  return result;
}

} // namespace

redirect resolve_redirect(const std::string& from, const std::string& location) {
  const url_ptr url{curl_url()};
  if (!url || location.empty()
      || curl_url_set(url.get(), CURLUPART_URL, from.c_str(), 0) != CURLUE_OK)
    return {};
  const auto host = part_of(url.get(), CURLUPART_HOST);
  const auto scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK)
    return {};
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  const auto next_scheme = part_of(url.get(), CURLUPART_SCHEME);
  const auto safe = next_scheme == "https" || (next_scheme == "http" && scheme == "http");
  // A user in the address would become an Authorization header beside ours.
  const auto has_user = !part_of(url.get(), CURLUPART_USER).empty();
  return {part_of(url.get(), CURLUPART_URL),
          safe && !has_user && boost::algorithm::iequals(part_of(url.get(), CURLUPART_HOST), host)};
}

} // namespace meme::io
