#include "client/nats.hpp"

#include <algorithm>
#include <cstdint>

#include "actors/io/nats_options.hpp"
#include "config/address.hpp"

namespace meme::client {

nats_error::nats_error(const std::string& doing, natsStatus status)
    : std::runtime_error("cannot " + doing + ": " + natsStatus_GetText(status)), status_{status} {}

void check(natsStatus status, const std::string& doing) {
  if (status != NATS_OK)
    throw nats_error{doing, status};
}

nats_ptr<natsConnection> connect(natsOptions& options) {
  natsConnection* raw = nullptr;
  check(natsConnection_Connect(&raw, &options), "connect to NATS");
  return nats_ptr<natsConnection>{raw};
}

std::string connect_error(const config::nats_options& nats, const std::string& cause) {
  const auto text = "cannot connect to NATS at " + config::without_users(nats.url) + ": " + cause;
  return nats.url == config::nats_options{}.url
             ? text + "; this is the default address: NATS_URL or --nats-url names another"
             : text;
}

nats_ptr<natsConnection> connect(const config::nats_options& nats, const std::string& name) {
  const auto options = io::make_nats_options(nats, name);
  natsConnection* raw = nullptr;
  const auto status = natsConnection_Connect(&raw, options.get());
  if (status == NATS_OK)
    return nats_ptr<natsConnection>{raw};
  std::string cause = natsStatus_GetText(status);
  // The library keeps one text a thread, of whichever call failed last.
  auto status_of_detail = NATS_OK;
  if (const auto* detail = nats_GetLastError(&status_of_detail);
      detail != nullptr && *detail != '\0' && status_of_detail == status)
    cause += std::string{" ("} + detail + ")";
  throw std::runtime_error{connect_error(nats, cause)};
}

nats_ptr<natsSubscription> subscribe(natsConnection& connection, const std::string& subject) {
  natsSubscription* raw = nullptr;
  check(natsConnection_SubscribeSync(&raw, &connection, subject.c_str()),
        "subscribe to " + subject);
  nats_ptr<natsSubscription> subscription{raw};
  check(natsSubscription_SetPendingLimits(raw, -1, -1), "lift the limits of " + subject);
  // The server must know of it before anything is asked that is answered there.
  check(natsConnection_FlushTimeout(&connection, 5'000), "subscribe to " + subject);
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

std::string new_inbox() {
  natsInbox* raw = nullptr;
  check(natsInbox_Create(&raw), "make an inbox");
  const nats_ptr<natsInbox> owner{raw};
  return raw;
}

std::string new_word() {
  const auto inbox = new_inbox();
  return inbox.substr(inbox.rfind('.') + 1);
}

} // namespace meme::client
