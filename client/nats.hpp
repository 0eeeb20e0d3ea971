#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include <nats/nats.h>

#include "config/options.hpp"

namespace meme::client {

/// What nats.c said, with what was being done.
class nats_error : public std::runtime_error {
public:
  nats_error(const std::string& doing, natsStatus status);

  natsStatus status() const noexcept { return status_; }

private:
  natsStatus status_;
};

/// Throws `nats_error` unless `status` is NATS_OK. `doing` completes "cannot …".
void check(natsStatus status, const std::string& doing);

struct nats_deleter {
  void operator()(natsOptions* p) const noexcept { natsOptions_Destroy(p); }
  void operator()(natsConnection* p) const noexcept { natsConnection_Destroy(p); }
  void operator()(natsSubscription* p) const noexcept { natsSubscription_Destroy(p); }
  void operator()(natsMsg* p) const noexcept { natsMsg_Destroy(p); }
  void operator()(natsInbox* p) const noexcept { natsInbox_Destroy(p); }
  void operator()(jsCtx* p) const noexcept { jsCtx_Destroy(p); }
  void operator()(jsPubAck* p) const noexcept { jsPubAck_Destroy(p); }
  void operator()(jsMsgMetaData* p) const noexcept { jsMsgMetaData_Destroy(p); }
  void operator()(jsStreamInfo* p) const noexcept { jsStreamInfo_Destroy(p); }
  void operator()(jsConsumerInfo* p) const noexcept { jsConsumerInfo_Destroy(p); }
};

/// Owner of one object of nats.c.
template <class T>
using nats_ptr = std::unique_ptr<T, nats_deleter>;

/// Connects at once or throws `nats_error`. The addresses, identity and time limits are `options`'.
nats_ptr<natsConnection> connect(natsOptions& options);

/// Why there is no connection: names the servers, without users or passwords, and where they are
/// the built-in default, the settings that name others.
std::string connect_error(const config::nats_options& nats, const std::string& cause);

/// What a connection does when the server does not permit something.
enum class on_refusal {
  close, ///< ends, so that no call waits for an answer that cannot come; `check` names the subject
  go_on  ///< for those who only `io::ask`, which does not wait, and who can do without an answer
};

/// Connects as the settings say; the server knows the connection as `name`. Unlike the service, a
/// command does not wait for a server that is not there: throws std::runtime_error with
/// `connect_error`. One a process.
nats_ptr<natsConnection> connect(const config::nats_options& nats, const std::string& name,
                                 on_refusal what = on_refusal::close);

/// A subscription that is read by asking for the next message; holds any number of them.
nats_ptr<natsSubscription> subscribe(natsConnection& connection, const std::string& subject);

/// The next message, or null where none came within `timeout` (0: only what is already here).
nats_ptr<natsMsg> next_message(natsSubscription& subscription, std::chrono::milliseconds timeout);

/// A subject that only the caller knows.
std::string new_inbox(const config::nats_options& options);

/// 22 characters that were never used before.
std::string new_word();

} // namespace meme::client
