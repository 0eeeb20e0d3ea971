#include "client/latencies.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace meme::client {

namespace {

std::string in_ms(std::chrono::microseconds duration) {
  char text[32];
  const auto ms = static_cast<double>(duration.count()) / 1'000;
  std::snprintf(text, sizeof text, ms < 10 ? "%.2f ms" : "%.0f ms", ms);
  return text;
}

} // namespace

std::chrono::microseconds latencies::quantile(double share) const {
  if (all_.empty())
    return {};
  auto sorted = all_;
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  const auto index = std::min(sorted.size() - 1, static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(sorted.begin(), at, sorted.end());
  return *at;
}

std::string latencies::summary() const {
  auto text = std::to_string(all_.size());
  if (all_.empty())
    return text;
  text += "  min " + in_ms(quantile(0));
  for (const auto& [name, share] :
       {std::pair{"50 %", .5}, std::pair{"90 %", .9}, std::pair{"99 %", .99}})
    text += std::string{"  "} + name + ' ' + in_ms(quantile(share));
  return text + "  max " + in_ms(quantile(1));
}

} // namespace meme::client
