#pragma once

#include <chrono>
#include <string>

#include <nats/nats.h>

#include "actors/io/nats/nats_error.hpp"
#include "actors/io/nats/nats_handle.hpp"
#include "config/options.hpp"

namespace meme::client {

using io::nats_ptr;

/// Throws io::nats_error unless `status` is NATS_OK: what the server has refused, if it has, else
/// the library's words. `doing` completes "cannot …".
void check(natsStatus status, const std::string& doing);

/// Why there is no connection: names the servers, without users or passwords, and where they are
/// the built-in default, the settings that name others.
std::string connect_error(const config::nats_options& nats, const std::string& cause);

/// What a connection does when the server does not permit something.
enum class on_refusal {
  close, ///< ends, so that no call waits for an answer that cannot come; `check` names the subject
  go_on  ///< for those who only `io::ask`, which does not wait, and who can do without an answer
};

/// Connects as the settings say; the server knows the connection as `name`. Unlike the service, a
/// command does not wait for a server that is not there: throws io::nats_error with
/// `connect_error`. One a process.
nats_ptr<natsConnection> connect(const config::nats_options& nats, const std::string& name,
                                 on_refusal what = on_refusal::close);

/// A subscription that is read by asking for the next message; holds any number of them.
nats_ptr<natsSubscription> subscribe(natsConnection& connection, const std::string& subject);

/// The next message, or null where none came within `timeout` (0: only what is already here).
nats_ptr<natsMsg> next_message(natsSubscription& subscription, std::chrono::milliseconds timeout);

/// 22 characters that were never used before.
std::string new_word();

} // namespace meme::client
