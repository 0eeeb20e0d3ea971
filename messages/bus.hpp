#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meme {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// A message that came from the bus. Its views live as long as it does.
class bus_message {
public:
  virtual ~bus_message() = default;
  virtual std::string_view subject() const = 0;
  virtual std::string_view reply() const = 0; ///< empty for none
  virtual std::string_view data() const = 0;
  virtual std::string header(const char* name) const = 0; ///< the first of that name; empty: none
};

using bus_message_ptr = std::shared_ptr<const bus_message>;

/// An interest in a subject; ends with the object. Its callback may run once more while the
/// destructor returns; what it holds is kept until then. The last call is one without a message.
class subscription {
public:
  virtual ~subscription() = default;

  /// Tells the server at once that no more is wanted; what has arrived still gets to the callback,
  /// and then the empty message that says that nothing else will.
  virtual void stop() = 0;
};

using subscription_ptr = std::unique_ptr<subscription>;

enum class bus_error {
  none,
  too_large,    ///< more than the server takes in one message; the connection lives on
  disconnected, ///< nothing was sent, or it cannot be known
  other
};

/// What the actors need of a messaging system; all of it may be called from any thread.
class bus {
public:
  using callback = std::function<void(bus_message_ptr)>;

  virtual ~bus() = default;

  /// Queues a message for sending. That it returns `none` does not say that the server has it.
  virtual bus_error publish(const std::string& subject, std::string_view data,
                            const header_list& headers = {}, const std::string& reply = {}) = 0;

  /// Queues an empty message, and has all that is queued written at once instead of waiting whether
  /// more is to come. Whether it got there, only its subscriber can tell.
  virtual void publish_now(const std::string& subject) = 0;

  /// The callback runs on a thread of the library: it may only pass the message on.
  /// Throws std::runtime_error where the subject is refused or the connection is closed for good.
  virtual subscription_ptr subscribe(const std::string& subject, callback deliver) = 0;

  /// A subject that nobody else has, for answers to this process. `*` may be appended as a token.
  virtual std::string make_inbox() = 0;

  /// Grows with every new connection to a server, and where what was queued for one may have been
  /// thrown away. Read before a message is published and again when its answer is here, it tells
  /// whether both went over the same connection.
  virtual std::uint64_t connection_count() const = 0;

  /// The server's latest word on something that it does not permit, of this connection; empty where
  /// there was none. It is here before any message that the server sent later.
  virtual std::string refusal() const = 0;

  /// The most bytes that the server takes in one message, headers included; 0 while unknown.
  virtual std::size_t max_payload() const = 0;
};

using bus_ptr = std::shared_ptr<bus>;

} // namespace meme
