#pragma once

#include <atomic>
#include <exception>

#include <caf/all.hpp>

#include "actors/io/event_loop.hpp"

// This header depends on how CAF 0.17 runs a detached actor (the functions that resume() calls, and
// the meaning of a blocked mailbox). Check it before building on another release.
static_assert(CAF_VERSION == 1706, "review loop_actor against this release of CAF");

namespace meme::io {

/// A typed, event-based actor with its own event loop, to be spawned detached.
///
/// The actor's thread belongs to CAF, and messages come through the mailbox. But if the mailbox is
/// empty, the thread waits in the event loop for messages and for sockets:
///
///   resume():  handle a burst of messages -> run the loop, waiting only if the mailbox is empty
///   enqueue(): let CAF queue the message  -> wake the loop if it waits
///
/// No message is missed. The actor stores `waiting_` before it checks the mailbox a last time; the
/// sender puts the message into the mailbox before it reads `waiting_` (Dekker's pattern,
/// sequentially consistent on both sides): at least one of them sees the other's write.
///
/// The loop's time is that of the actor system's clock. Not detached, the actor behaves as any
/// event-based actor, and its loop runs only in `turn_loop`: that is how it is tested on CAF's test
/// coordinator, whose clock the test turns.
template <class Base>
class loop_actor : public Base {
public:
  using Base::Base;

  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) override {
    Base::enqueue(std::move(element), unit);
    // Only the first sender of a burst pays for the system call.
    if (waiting_.load() && waiting_.exchange(false))
      loop_.wake();
  }

  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t max) override {
    if (!this->getf(caf::abstract_actor::is_detached_flag))
      return Base::resume(unit, max);
    for (;;) {
      auto result = Base::resume(unit, max_burst_);
      if (result == caf::resumable::done || result == caf::resumable::shutdown_execution_unit)
        return result; // `this` may be gone
      auto mailbox_empty = result == caf::resumable::awaiting_message;
      run_loop(mailbox_empty);
      // The mailbox was left in the state "blocked". If it is not blocked now, a sender has changed
      // that, holds a reference to this actor and has scheduled it (or will).
      auto scheduled = mailbox_empty && !this->mailbox().try_unblock();
      if (!this->alive()) {
        // A callback of the loop has called quit(); resume() would not notice.
        this->finalize();
        if (scheduled)
          caf::intrusive_ptr_release(this->ctrl());
        return caf::resumable::done;
      }
      if (scheduled)
        return result; // CAF drops the sender's reference and comes back at once
    }
  }

  /// For tests of an actor that is not detached: runs the callbacks that are due, without waiting.
  void turn_loop() {
    this->context(nullptr); // the unit of the last message may be gone
    run_loop(false);
    if (!this->alive())
      this->finalize();
  }

protected:
  event_loop& loop() { return loop_; }

private:
  void run_loop(bool mailbox_empty) {
    auto wait = false;
    if (mailbox_empty) {
      waiting_.store(true);
      wait = this->mailbox().blocked();
    }
    try {
      loop_.run_once(wait);
    } catch (const std::exception& e) {
      // As with an exception in a message handler, the actor ends, and its supervisor is told.
      this->quit(caf::make_error(caf::sec::runtime_error, std::string{e.what()}));
    }
    waiting_.store(false, std::memory_order_relaxed);
  }

  /// Messages handled before the sockets are checked.
  static constexpr std::size_t max_burst_ = 64;

  event_loop loop_{[this] { return this->clock().now(); }};
  std::atomic<bool> waiting_{false};
};

} // namespace meme::io
