#pragma once

#include <stdexcept>
#include <string>

#include <nats/nats.h>

namespace meme::io {

/// A refusal of nats.c or of the server.
class nats_error : public std::runtime_error {
public:
  nats_error(const std::string& words, natsStatus status)
      : std::runtime_error(words), status_(status) {}

  natsStatus status() const noexcept { return status_; }

private:
  natsStatus status_;
};

/// The server refused a permission; the text names the subject.
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

/// The library's text for the last failure on this thread, in addition to `status`; may be empty.
/// If the last failure has no text, the library returns the text of an earlier one. So a text for
/// another status is left out. `of_any_status` keeps it; set that only for the first call, which no
/// failure precedes.
std::string detail_of(natsStatus status, bool of_any_status = false);

} // namespace meme::io
