#include "client/connection.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "actors/io/nats/nats_options.hpp"
#include "actors/io/nats/nats_request.hpp"
#include "actors/io/reachability.hpp"
#include "messages/subjects/refusal.hpp"

namespace meme::client {

namespace {

/// The first refusal of the process's server: written once by a thread of the library.
char refusal[256];
std::atomic<bool> refusal_is_taken{false};
std::atomic<bool> refusal_is_there{false};

void on_error(natsConnection* connection, natsSubscription*, natsStatus status, void*) {
  const auto* words = nats_GetLastError(nullptr);
  if (status != NATS_NOT_PERMITTED || words == nullptr || refusal_is_taken.exchange(true))
    return;
  const auto described = describe_refusal(words);
  described.copy(refusal, sizeof refusal - 1);
  refusal_is_there = true;
  natsConnection_Close(connection);
}

/// Without a handler of ours the library writes to standard error.
void pass_over_error(natsConnection*, natsSubscription*, natsStatus, void*) {}

std::string reason(natsStatus status) {
  return refusal_is_there ? refusal : natsStatus_GetText(status);
}

} // namespace

void check(natsStatus status, const std::string& doing) {
  if (status != NATS_OK)
    throw io::nats_error{"cannot " + doing + ": " + reason(status), status};
}

std::string connect_error(const config::nats_options& nats, const std::string& cause) {
  const auto text = "cannot connect to NATS at " + config::describe(*nats.url) + ": " + cause;
  return nats.url == config::nats_options{}.url
             ? text + "; this is the default address: NATS_URL or --nats-url names another"
             : text;
}

nats_ptr<natsConnection> connect(const config::nats_options& nats, const std::string& name,
                                 on_refusal what) {
  const auto options = io::make_nats_options(nats, name);
  const auto handler = what == on_refusal::close ? on_error : pass_over_error;
  check(natsOptions_SetErrorHandler(options.get(), handler, nullptr), "hear of refusals");
  natsConnection* raw = nullptr;
  const auto status = natsConnection_Connect(&raw, options.get());
  if (status == NATS_OK)
    return nats_ptr<natsConnection>{raw};
  std::string cause = natsStatus_GetText(status);
  if (const auto detail = io::detail_of(status, true); !detail.empty())
    cause += ": " + detail;
  if (status == NATS_NO_SERVER)
    cause += io::why_unreachable(nats.url);
  throw io::nats_error{connect_error(nats, cause), status};
}

nats_ptr<natsSubscription> subscribe(natsConnection& connection, const std::string& subject) {
  natsSubscription* raw = nullptr;
  check(natsConnection_SubscribeSync(&raw, &connection, subject.c_str()),
        "subscribe to " + subject);
  nats_ptr<natsSubscription> subscription{raw};
  check(natsSubscription_SetPendingLimits(raw, -1, -1), "lift the limits of " + subject);
  // The server must know of it before anything is asked that is answered there.
  check(natsConnection_FlushTimeout(&connection, 5'000), "subscribe to " + subject);
  if (const auto refused = io::last_refusal(&connection); !refused.empty())
    throw io::nats_refused{"cannot subscribe to " + subject + ": " + refused};
  return subscription;
}

nats_ptr<natsMsg> next_message(natsSubscription& subscription, std::chrono::milliseconds timeout) {
  natsMsg* raw = nullptr;
  const auto wait_ms = std::max<std::int64_t>(timeout.count(), 0);
  const auto status = natsSubscription_NextMsg(&raw, &subscription, wait_ms);
  if (status != NATS_TIMEOUT)
    check(status, "read from NATS");
  return nats_ptr<natsMsg>{raw};
}

std::string new_word() {
  const auto inbox = io::make_inbox("_INBOX");
  return inbox.substr(inbox.rfind('.') + 1);
}

} // namespace meme::client
