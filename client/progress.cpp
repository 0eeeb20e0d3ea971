#include "client/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include <unistd.h>

namespace meme::client {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t width = 40;

} // namespace

progress::progress(std::uint64_t total)
    : total_{std::max<std::uint64_t>(total, 1)},
      terminal_{isatty(STDERR_FILENO) == 1},
      next_{started_ + (terminal_ ? 0s : 10s)} {}

void progress::show(std::uint64_t asked, std::uint64_t answered) {
  const auto now = clock::now();
  if (now < next_)
    return;
  next_ = now + (terminal_ ? std::chrono::milliseconds{100} : 10s);
  draw(asked, answered);
}

void progress::finish(std::uint64_t asked, std::uint64_t answered) {
  draw(asked, answered);
  if (terminal_)
    std::fputc('\n', stderr);
}

void progress::draw(std::uint64_t asked, std::uint64_t answered) const {
  const auto done = std::min(answered, total_) * width / total_;
  const auto on_their_way = std::max(done, std::min(asked, total_) * width / total_);
  const auto bar = std::string(done, '#') + std::string(on_their_way - done, '-')
                   + std::string(width - on_their_way, ' ');
  const auto took = std::chrono::duration<double>{clock::now() - started_}.count();
  std::fprintf(stderr, "%s[%s] %llu asked, %llu of %llu answered, %.0f s%s", terminal_ ? "\r" : "",
               bar.c_str(), static_cast<unsigned long long>(asked),
               static_cast<unsigned long long>(answered), static_cast<unsigned long long>(total_),
               took, terminal_ ? " " : "\n");
  std::fflush(stderr);
}

} // namespace meme::client
