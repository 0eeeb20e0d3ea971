#include "actors/io/line_writer.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <limits>
#include <utility>

namespace meme::io {

namespace {

/// A file always has room, so a line of any length can be written whole.
std::size_t largest_piece(int descriptor) {
  struct stat status {};
  const auto is_file = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  return is_file ? std::numeric_limits<std::size_t>::max() : PIPE_BUF;
}

bool is_writable(int descriptor) {
  pollfd watched{descriptor, POLLOUT, 0};
  return ::poll(&watched, 1, 0) == 1 && (watched.revents & POLLOUT) != 0;
}

} // namespace

line_writer::line_writer(int descriptor, notice make_notice)
    : descriptor_(descriptor),
      make_notice_(std::move(make_notice)),
      piece_size_(largest_piece(descriptor)) {}

void line_writer::write(std::string_view line) {
  rest_.erase(0, put(rest_));
  if (!rest_.empty()) {
    ++dropped_;
    return;
  }
  if (announced_ < dropped_) {
    const auto missing = dropped_;
    if (put_line(make_notice_(missing - announced_)))
      announced_ = missing;
  }
  if (!rest_.empty() || !put_line(line))
    ++dropped_;
}

bool line_writer::put_line(std::string_view line) {
  const auto written = put(line);
  if (written > 0)
    rest_ = line.substr(written);
  return written > 0;
}

std::size_t line_writer::put(std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size() && is_writable(descriptor_)) {
    const auto piece = bytes.substr(done, piece_size_);
    const auto written = ::write(descriptor_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      break;
    done += static_cast<std::size_t>(written);
  }
  return done;
}

} // namespace meme::io
