#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace meme::io {

/// Writes lines to a descriptor that another process reads, and never waits for the reader.
///
/// A write to a full pipe blocks. O_NONBLOCK does not help: it belongs to the open file, which the
/// shell or the container's runtime shares with this process. So each write first calls poll(2)
/// with a timeout of 0. If poll says "writable", a pipe accepts PIPE_BUF bytes at once (pipe(7));
/// longer lines are written in pieces of that size.
///
/// A line without room is dropped and counted. When there is room again, a notice with the number
/// of dropped lines is written before the next line. A line that was written partly is finished
/// first, so that no line is truncated.
class line_writer {
public:
  using notice = std::function<std::string(std::uint64_t dropped)>;

  /// The caller keeps the descriptor. `make_notice` returns the notice for a number of dropped
  /// lines, with its line feed.
  line_writer(int descriptor, notice make_notice);

  /// Writes `line`, which ends with a line feed, or drops it.
  void write(std::string_view line);

  std::uint64_t dropped() const { return dropped_; }

private:
  /// Returns the number of bytes written.
  std::size_t put(std::string_view bytes);
  /// Writes all of `line`, or keeps the rest for later; false if no byte was written.
  bool put_line(std::string_view line);

  int descriptor_;
  notice make_notice_;
  std::size_t piece_size_;
  std::string rest_; ///< of a line that was written partly
  std::uint64_t dropped_ = 0;
  std::uint64_t announced_ = 0; ///< dropped lines that a notice has reported
};

} // namespace meme::io
