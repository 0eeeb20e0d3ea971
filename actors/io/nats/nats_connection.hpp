#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <nats/nats.h>

#include "actors/io/nats/nats_error.hpp"
#include "actors/io/nats/nats_handle.hpp"
#include "config/options.hpp"
#include "messages/bus.hpp"

namespace meme::io {

using nats_message_ptr = nats_ptr<natsMsg>;
using nats_options_ptr = nats_ptr<natsOptions>;

/// A message of the library, owned.
class nats_bus_message final : public bus_message {
public:
  explicit nats_bus_message(natsMsg* message) : message_(message) {}

  std::string_view subject() const override { return natsMsg_GetSubject(message_.get()); }

  std::string_view reply() const override {
    auto* text = natsMsg_GetReply(message_.get());
    return text == nullptr ? std::string_view{} : text;
  }

  std::string_view data() const override {
    return {natsMsg_GetData(message_.get()),
            static_cast<std::size_t>(natsMsg_GetDataLength(message_.get()))};
  }

  std::string header(const char* name) const override {
    const char* value = nullptr;
    auto found = natsMsgHeader_Get(message_.get(), name, &value) == NATS_OK && value != nullptr;
    return found ? value : std::string{};
  }

private:
  nats_message_ptr message_;
};

/// A subject that nobody else knows: `prefix` and a random token.
std::string make_inbox(const std::string& prefix);

/// What happens to a connection. The callbacks run on threads of the library.
struct nats_events {
  std::function<void()> connected; ///< for the first time, or again
  std::function<void()> disconnected;
  std::function<void(std::string reason)>
      failing;                     ///< it was lost, and no server has accepted it yet
  std::function<void()> lame_duck; ///< the server is shutting down; the library connects to another
  /// Finally: the same server refused the connection twice in a row, or the destructor ended it.
  std::function<void(std::string reason)> closed;
  std::function<void(std::string text)> error; ///< slow consumer, permissions, …
};

/// A connection to NATS. After the first success it reconnects for ever.
class nats_connection final : public bus {
public:
  /// Tries each server once, which may block for the connect timeout each, and for as long as a
  /// name server takes. Throws nats_unreachable, or another nats_error if a server refuses the
  /// connection, or the library refuses the settings (key files).
  static std::shared_ptr<nats_connection> open(const config::nats_options& options,
                                               const std::string& name, nats_events events);
  ~nats_connection() override;

  bus_error publish(const std::string& subject, std::string_view data, const header_list& headers,
                    const std::string& reply) override;
  void publish_now(const std::string& subject) override;
  subscription_ptr subscribe(const std::string& subject, callback deliver) override;

  /// As `subscribe`, but each message goes to one member of the group only.
  subscription_ptr join(const std::string& group, const std::string& subject, callback deliver);

  std::string make_inbox() override;
  std::uint64_t connection_count() const override;
  std::string refusal() const override;
  std::size_t max_payload() const override;

  bool connected() const;

  /// The server's address without a user; empty while there is none.
  std::string server() const;

  /// Waits until the server has received everything published; false if `timeout` ends first.
  bool flush(std::chrono::milliseconds timeout);

  natsConnection* handle() const { return connection_; }

private:
  nats_connection() = default;
  template <class Call>
  natsStatus watch(Call write);
  void connect(const config::nats_options& options, const std::string& name,
               std::unique_ptr<nats_events> events);

  natsConnection* connection_ = nullptr;
  std::string inbox_prefix_;
  std::chrono::milliseconds write_deadline_ = std::chrono::hours{24}; ///< for ever
  std::atomic<std::uint64_t> hung_writes_{0};
};

} // namespace meme::io
