#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

namespace meme {

/// Permits, and how many messages to ask the queue for.
///
/// A permit is taken from the moment a message is asked for until it is settled, so whatever the
/// server sends there is a permit for it, and no more than `max_in_flight` messages are ever in
/// work. Not each permit that comes back is worth a request of its own: unless nothing is asked for
/// at present, a quarter of the permits is waited for (the rest is in work or still asked for).
class pull_window {
public:
  explicit pull_window(std::size_t permits) : permits_(permits) {}

  /// How many to ask for now; 0: nothing to do.
  std::size_t wanted() const {
    auto taken = in_work_ + asked_;
    auto most = std::min(permits_, ceiling_);
    auto left = taken < most ? most - taken : 0;
    auto worth_it = std::max<std::size_t>(1, most / 4);
    return asked_ == 0 || left >= worth_it ? left : 0;
  }

  /// For a while no more than `count` are to be in work, though there are permits for more.
  void limit(std::size_t count) { ceiling_ = count; }

  void asked(std::size_t count) { asked_ += count; }

  /// A message has come. False: there is no permit for it, it must be handed back. (It was asked
  /// for by a pull that has been given up since.)
  bool arrived() {
    asked_ -= std::min<std::size_t>(asked_, 1);
    if (in_work_ >= permits_)
      return false;
    ++in_work_;
    return true;
  }

  void settled() { --in_work_; }

  /// The server has given up `count` messages of a pull.
  void lapsed(std::size_t count) { asked_ -= std::min(asked_, count); }

  /// No open pull is worth anything any more.
  void forget_pulls() { asked_ = 0; }

  std::size_t in_work() const { return in_work_; }
  std::size_t open() const { return asked_; }
  std::size_t permits() const { return permits_; }

private:
  std::size_t permits_;
  std::size_t ceiling_ = std::numeric_limits<std::size_t>::max();
  std::size_t in_work_ = 0;
  std::size_t asked_ = 0;
};

} // namespace meme
