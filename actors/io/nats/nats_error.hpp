#pragma once

#include <stdexcept>
#include <string>

#include <nats/nats.h>

namespace meme::io {

/// What nats.c, or the server behind it, has refused.
class nats_error : public std::runtime_error {
public:
  nats_error(const std::string& words, natsStatus status)
      : std::runtime_error(words), status_(status) {}

  natsStatus status() const noexcept { return status_; }

private:
  natsStatus status_;
};

/// The server does not permit what was asked; the words name the subject.
class nats_refused : public nats_error {
public:
  explicit nats_refused(const std::string& words) : nats_error(words, NATS_NOT_PERMITTED) {}
};

/// No server could be reached, or none finished its greeting: another attempt may succeed.
class nats_unreachable : public nats_error {
public:
  using nats_error::nats_error;
};

/// Throws nats_error that names `what` and the library's reason unless `status` is NATS_OK.
void check(natsStatus status, const char* what);

/// What the library says beside `status` about the last failure on this thread; empty: no more. It
/// keeps the words of an earlier failure where the last one has none of its own, so those of
/// another status are left out; `of_any_status`: not so, for a first call.
std::string detail_of(natsStatus status, bool of_any_status = false);

} // namespace meme::io
