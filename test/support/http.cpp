#include "test/support/http.hpp"

#include <memory>

#include <curl/curl.h>

#include "test/support/eventually.hpp"

namespace meme::test {

namespace {

struct curl_deleter {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};

std::size_t append(const char* data, std::size_t, std::size_t size, void* target) {
  static_cast<std::string*>(target)->append(data, size);
  return size;
}

http_response call(const std::string& url, const std::string* body) {
  const std::unique_ptr<CURL, curl_deleter> owner{curl_easy_init()};
  auto* handle = owner.get();
  http_response response;
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(patience.count()));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &response.body);
  if (body != nullptr) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body->data());
  }
  if (curl_easy_perform(handle) != CURLE_OK)
    return {};
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &response.status);
  const char* type = nullptr;
  curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
  response.content_type = type == nullptr ? "" : type;
  return response;
}

} // namespace

http_response http_get(const std::string& url) {
  return call(url, nullptr);
}

http_response http_post(const std::string& url, const std::string& body) {
  return call(url, &body);
}

} // namespace meme::test
