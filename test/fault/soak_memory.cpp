#include "test/fault/soak_memory.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace meme::test {

void memory_record::look(const child_process& process) {
  const auto now = std::chrono::steady_clock::now();
  if (now < due_)
    return;
  due_ = now + std::chrono::seconds{1};
  const std::chrono::duration<double, std::ratio<60>> age = now - start_;
  samples_.push_back(
      {age.count(), static_cast<double>(process.rss_bytes()) / 1024, process.fd_count()});
}

double memory_record::slope() const {
  const auto begin = samples_.begin() + static_cast<std::ptrdiff_t>(samples_.size() / 2);
  const auto count = static_cast<double>(samples_.end() - begin);
  double mean_x = 0;
  double mean_y = 0;
  for (auto i = begin; i != samples_.end(); ++i) {
    mean_x += i->minutes / count;
    mean_y += i->rss_kib / count;
  }
  double covariance = 0;
  double variance = 0;
  for (auto i = begin; i != samples_.end(); ++i) {
    covariance += (i->minutes - mean_x) * (i->rss_kib - mean_y);
    variance += (i->minutes - mean_x) * (i->minutes - mean_x);
  }
  return variance > 0 ? covariance / variance : 0;
}

std::ptrdiff_t memory_record::fd_growth() const {
  std::ptrdiff_t most[2] = {0, 0};
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    auto& half = most[i < samples_.size() / 2 ? 0 : 1];
    half = std::max(half, static_cast<std::ptrdiff_t>(samples_[i].fds));
  }
  return most[1] - most[0];
}

std::string memory_record::summary() const {
  if (samples_.empty())
    return "never looked at";
  const auto& middle = samples_[samples_.size() / 2];
  std::ostringstream text;
  text.setf(std::ios::fixed);
  text.precision(1);
  text << "resident " << samples_.front().rss_kib / 1024 << " MiB at first, "
       << middle.rss_kib / 1024 << " in the middle, " << samples_.back().rss_kib / 1024
       << " at last, slope " << slope() << " KiB/min over the second half; descriptors "
       << samples_.front().fds << ", " << middle.fds << ", " << samples_.back().fds
       << ", growth of the most " << fd_growth();
  return text.str();
}

} // namespace meme::test
