#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/connection.hpp"
#include "test/support/eventually.hpp"
#include "test/support/json.hpp"

namespace meme::test {

using headers = std::map<std::string, std::string>;

struct message {
  std::string subject;
  std::string data;
  headers header;
};

/// Where JetStream put a message.
struct stored {
  std::string stream;
  std::uint64_t sequence = 0;
  bool duplicate = false;
};

/// Collects what is published on a subject, from its construction on.
class mailbox {
public:
  mailbox(natsConnection& connection, const std::string& subject);

  /// Waits until `count` messages have arrived in all; false if they did not in time.
  bool wait_for(std::size_t count, std::chrono::milliseconds timeout = patience);

  /// The messages so far.
  const std::vector<message>& messages();

  /// The next message not yet taken by `next`; throws std::runtime_error if none arrives.
  const message& next();

  /// Returns and forgets the messages since the last `take`: for long runs.
  std::vector<message> take();

private:
  bool receive(std::chrono::milliseconds timeout);

  client::nats_ptr<natsSubscription> subscription_;
  std::vector<message> messages_;
  std::size_t taken_ = 0;
};

/// A NATS client for tests: every failure throws.
class nats_client {
public:
  /// `wait`: how long JetStream may take to say that a message is stored.
  explicit nats_client(const std::string& url, std::chrono::milliseconds wait = patience);

  void publish(const std::string& subject, const std::string& data, const headers& header = {});

  /// Publishes with a reply subject, as for a pull.
  void publish_request(const std::string& subject, const std::string& data,
                       const std::string& reply);

  /// Publishes and waits until a stream has stored it.
  stored enqueue(const std::string& subject, const std::string& data, const headers& header = {});

  /// The same for many messages at once.
  void enqueue_all(const std::string& subject, const std::vector<std::string>& messages);

  mailbox subscribe(const std::string& subject);

  /// A request of JetStream's own API ($JS.API. is put in front). The reply may be an error, to be
  /// seen by its field `error`.
  json api(const std::string& call, const std::string& request = "");
  json stream(const std::string& name) { return api("STREAM.INFO." + name); }
  json consumer(const std::string& stream, const std::string& name);
  std::int64_t messages_in(const std::string& stream); ///< waiting or in work

private:
  client::nats_ptr<natsConnection> connection_;
  client::nats_ptr<jsCtx> jetstream_;
};

} // namespace meme::test
