#pragma once

#include <atomic>
#include <cstddef>

namespace meme::io {

/// Bytes of pictures that the process holds at once, outside its caches: bodies that are being
/// received, and answers that are not confirmed yet. The holder of a picture adds its bytes, and
/// checks the budget before it takes more. The budget bounds what may begin, so it can be exceeded
/// by one buffer of each HTTP client.
class byte_budget {
public:
  explicit byte_budget(std::size_t limit) : limit_(limit) {}

  void add(std::size_t bytes) { used_ += bytes; }
  void remove(std::size_t bytes) { used_ -= bytes; }

  /// The same for a body that is still being received.
  void add_unfinished(std::size_t bytes) {
    unfinished_ += bytes;
    add(bytes);
  }
  void remove_unfinished(std::size_t bytes) {
    remove(bytes);
    unfinished_ -= bytes;
  }

  bool exhausted() const { return used_ >= limit_; }
  bool has_room_for(std::size_t bytes) const { return used_ + bytes <= limit_; }
  std::size_t used() const { return used_; }

  /// Whether the budget counts a whole picture or an answer; these are freed when NATS and Redis
  /// have them.
  bool anything_finished() const { return used_ > unfinished_; }

private:
  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> unfinished_{0};
  std::size_t limit_;
};

} // namespace meme::io
