#include "bench/model_probe.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <curl/curl.h>

namespace meme::bench {

namespace {

struct curl_deleter {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};

std::size_t ignore(const char*, std::size_t, std::size_t size, void*) {
  return size;
}

} // namespace

model_probe::model_probe(const std::string& url) : thread_{[this, url] { run(url); }} {}

model_probe::~model_probe() {
  stopping_ = true;
  if (thread_.joinable())
    thread_.join();
}

double model_probe::stop() {
  stopping_ = true;
  thread_.join();
  if (took_ms_.empty())
    throw std::runtime_error{"the model does not answer the driver"};
  const auto middle = took_ms_.begin() + static_cast<std::ptrdiff_t>(took_ms_.size() / 2);
  std::nth_element(took_ms_.begin(), middle, took_ms_.end());
  return *middle;
}

void model_probe::run(const std::string& url) {
  const std::unique_ptr<CURL, curl_deleter> owner{curl_easy_init()};
  auto* handle = owner.get();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, R"({"inputs": "the driver's own"})");
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore);
  for (auto first = true; !stopping_; first = false) {
    if (curl_easy_perform(handle) != CURLE_OK)
      return;
    double seconds = 0;
    curl_easy_getinfo(handle, CURLINFO_TOTAL_TIME, &seconds);
    if (!first) // the first one connects
      took_ms_.push_back(seconds * 1'000);
  }
}

} // namespace meme::bench
