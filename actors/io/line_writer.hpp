#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace meme::io {

/// Writes lines to a descriptor that somebody else reads, and never waits for the reader.
///
/// A write to a full pipe blocks, and O_NONBLOCK is no cure: it belongs to the open file, which the
/// shell or the container's runtime shares with us. So each write asks first, by poll(2) with a
/// timeout of 0. Where poll says "writable", a pipe takes PIPE_BUF bytes at once (pipe(7)); longer
/// lines are written in pieces of that size.
///
/// A line for which there is no room is dropped and counted. When there is room again, a line that
/// says how many are missing goes before the next one. A line of which only a part went out is
/// finished first, so that no line is cut.
class line_writer {
public:
  using notice = std::function<std::string(std::uint64_t dropped)>;

  /// The descriptor stays the caller's. `make_notice` makes the line that says how many lines are
  /// missing, with its line feed.
  line_writer(int descriptor, notice make_notice);

  /// Writes `line`, which ends with a line feed, or drops it.
  void write(std::string_view line);

  std::uint64_t dropped() const { return dropped_; }

private:
  /// Returns how many bytes went out.
  std::size_t put(std::string_view bytes);
  /// Writes all of `line`, or keeps its rest for later; false if nothing of it went out.
  bool put_line(std::string_view line);

  int descriptor_;
  notice make_notice_;
  std::size_t piece_size_;
  std::string rest_; ///< of a line that has begun
  std::uint64_t dropped_ = 0;
  std::uint64_t announced_ = 0; ///< how many of the dropped ones a notice has told of
};

} // namespace meme::io
