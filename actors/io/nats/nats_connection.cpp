#include "actors/io/nats/nats_connection.hpp"

#include <random>
#include <stdexcept>

#include "actors/io/nats/nats_options.hpp"
#include "actors/io/reachability.hpp"
#include "config/address/nats_urls.hpp"

namespace meme::io {

namespace {

/// What a subscription's callbacks need; lives until the last of them is over.
struct receiver {
  bus::callback deliver;
};

class nats_subscription final : public subscription {
public:
  /// `group` is empty for a subscription of its own.
  nats_subscription(natsConnection* connection, const std::string& group,
                    const std::string& subject, bus::callback deliver) {
    auto owned = std::make_unique<receiver>(receiver{std::move(deliver)});
    auto status = group.empty()
                      ? natsConnection_Subscribe(&handle_, connection, subject.c_str(), on_message,
                                                 owned.get())
                      : natsConnection_QueueSubscribe(&handle_, connection, subject.c_str(),
                                                      group.c_str(), on_message, owned.get());
    check(status, "subscribe");
    auto* target = owned.release();
    natsSubscription_SetOnCompleteCB(
        handle_,
        [](void* closure) {
          std::unique_ptr<receiver> last{static_cast<receiver*>(closure)};
          last->deliver(nullptr);
        },
        target);
    // What may arrive is bounded by what was asked for; the library must not drop any of it.
    natsSubscription_SetPendingLimits(handle_, -1, -1);
  }

  ~nats_subscription() override { natsSubscription_Destroy(handle_); }

  void stop() override { natsSubscription_Drain(handle_); }

private:
  static void on_message(natsConnection*, natsSubscription*, natsMsg* message, void* closure) {
    static_cast<receiver*>(closure)->deliver(std::make_shared<nats_bus_message>(message));
  }

  natsSubscription* handle_ = nullptr;
};

bus_error to_bus_error(natsStatus status) {
  switch (status) {
  case NATS_OK:
    return bus_error::none;
  case NATS_MAX_PAYLOAD:
    return bus_error::too_large;
  case NATS_CONNECTION_CLOSED:
  case NATS_CONNECTION_DISCONNECTED:
  case NATS_INSUFFICIENT_BUFFER:
  case NATS_IO_ERROR:
  case NATS_TIMEOUT:
    return bus_error::disconnected;
  default:
    return bus_error::other;
  }
}

natsStatus send(natsConnection* connection, const std::string& subject, std::string_view data,
                const header_list& headers, const std::string& reply) {
  auto length = static_cast<int>(data.size());
  if (headers.empty() && reply.empty())
    return natsConnection_Publish(connection, subject.c_str(), data.data(), length);
  if (headers.empty())
    return natsConnection_PublishRequest(connection, subject.c_str(), reply.c_str(), data.data(),
                                         length);
  auto* reply_text = reply.empty() ? nullptr : reply.c_str();
  natsMsg* raw = nullptr;
  auto status = natsMsg_Create(&raw, subject.c_str(), reply_text, data.data(), length);
  nats_message_ptr message{raw};
  for (auto& [key, value] : headers)
    if (status == NATS_OK)
      status = natsMsgHeader_Set(raw, key.c_str(), value.c_str());
  if (status == NATS_OK)
    status = natsConnection_PublishMsg(connection, raw);
  return status;
}

nats_events& events_of(void* closure) {
  return *static_cast<nats_events*>(closure);
}

/// Whether the library sets a connection's words together with this status. With any other one they
/// are those of an earlier error.
bool has_words(natsStatus status) {
  return status == NATS_NOT_PERMITTED || status == NATS_CONNECTION_AUTH_FAILED
         || status == NATS_SSL_ERROR || status == NATS_ERR;
}

/// Why it is not connected, as far as the library knows; empty where no server was there to refuse.
std::string last_error_of(natsConnection* connection) {
  const char* detail = nullptr;
  const auto status = natsConnection_GetLastError(connection, &detail);
  if (status == NATS_OK)
    return {};
  std::string result = natsStatus_GetText(status);
  if (has_words(status) && detail != nullptr && *detail != '\0' && result != detail)
    result.append(": ").append(detail);
  return result;
}

/// Whether no server could be reached, or none finished its greeting.
bool is_unreachable(natsStatus status) {
  return status == NATS_NO_SERVER || status == NATS_TIMEOUT || status == NATS_IO_ERROR;
}

/// The pause before the servers are tried again, in ms; the library asks after each round.
std::int64_t before_next_round(natsConnection* connection, int, void* target) {
  constexpr std::int64_t shortest = 250;
  constexpr std::int64_t jitter = 500; // so that ten replicas do not reconnect together
  auto reason = last_error_of(connection);
  if (auto& call = events_of(target).failing)
    call(reason.empty() ? natsStatus_GetText(NATS_NO_SERVER) : std::move(reason));
  thread_local std::minstd_rand random{std::random_device{}()};
  return shortest + std::uniform_int_distribution<std::int64_t>{0, jitter}(random);
}

} // namespace

std::shared_ptr<nats_connection> nats_connection::open(const config::nats_options& options,
                                                       const std::string& name,
                                                       nats_events events) {
  std::shared_ptr<nats_connection> result{new nats_connection};
  if (options.write_deadline.count() > 0)
    result->write_deadline_ = options.write_deadline;
  result->inbox_prefix_ = options.inbox_prefix;
  result->connect(options, name, std::make_unique<nats_events>(std::move(events)));
  return result;
}

nats_connection::~nats_connection() {
  natsConnection_Destroy(connection_);
  // The library allocates memory for each thread that calls it; this may be the thread's last call.
  nats_ReleaseThreadMemory();
}

void nats_connection::connect(const config::nats_options& options, const std::string& name,
                              std::unique_ptr<nats_events> events) {
  auto prepared = make_nats_options(options, name);
  auto* raw = prepared.get();
  auto* closure = events.get();
  natsConnectionHandler on_connect = [](natsConnection*, void* target) {
    if (auto& call = events_of(target).connected)
      call();
  };
  natsOptions_SetReconnectedCB(raw, on_connect, closure);
  natsOptions_SetCustomReconnectDelay(raw, before_next_round, closure);
  natsOptions_SetDisconnectedCB(
      raw,
      [](natsConnection*, void* target) {
        if (auto& call = events_of(target).disconnected)
          call();
      },
      closure);
  natsOptions_SetLameDuckModeCB(
      raw,
      [](natsConnection*, void* target) {
        if (auto& call = events_of(target).lame_duck)
          call();
      },
      closure);
  natsOptions_SetClosedCB(
      raw,
      [](natsConnection* connection, void* target) {
        // The last of a connection's callbacks, which may come after the connection object is gone.
        std::unique_ptr<nats_events> last{&events_of(target)};
        if (last->closed)
          last->closed(last_error_of(connection));
      },
      closure);
  natsOptions_SetErrorHandler(
      raw,
      [](natsConnection*, natsSubscription*, natsStatus status, void* target) {
        auto detail = detail_of(status); // which subject was refused
        if (auto& call = events_of(target).error)
          call(detail.empty() ? natsStatus_GetText(status) : std::move(detail));
      },
      closure);
  const auto connected = events->connected; // `closed` may free the events at any time from now on
  nats_ReleaseThreadMemory();               // the texts of earlier failures
  auto status = natsConnection_Connect(&connection_, raw);
  if (status != NATS_OK) {
    std::string reason = natsStatus_GetText(status);
    if (auto detail = detail_of(status, true); !detail.empty())
      reason.append(": ").append(detail);
    if (status == NATS_NO_SERVER)
      reason += why_unreachable(options.url);
    if (is_unreachable(status))
      throw nats_unreachable(reason, status);
    throw nats_error(reason, status);
  }
  [[maybe_unused]] auto* owned_by_closed_callback = events.release();
  if (connected)
    connected();
}

/// A write that hangs until its deadline fails, and the library drops the queued bytes; if none of
/// them had been written, the connection stays open. So it must not count as the same connection.
template <class Call>
natsStatus nats_connection::watch(Call write) {
  const auto begun = std::chrono::steady_clock::now();
  const auto status = write();
  if (std::chrono::steady_clock::now() - begun >= write_deadline_)
    ++hung_writes_;
  return status;
}

bus_error nats_connection::publish(const std::string& subject, std::string_view data,
                                   const header_list& headers, const std::string& reply) {
  return to_bus_error(watch([&] { return send(connection_, subject, data, headers, reply); }));
}

void nats_connection::publish_now(const std::string& subject) {
  // The library's own thread writes a millisecond after something was queued. The cheapest way to
  // make it write at once is a request: nobody has to wait for its answer, which never comes.
  constexpr std::int64_t no_time_ms = 0;
  natsMsg* answer = nullptr;
  watch([&] {
    return natsConnection_Request(&answer, connection_, subject.c_str(), nullptr, 0, no_time_ms);
  });
  natsMsg_Destroy(answer);
}

subscription_ptr nats_connection::subscribe(const std::string& subject, callback deliver) {
  return std::make_unique<nats_subscription>(connection_, "", subject, std::move(deliver));
}

subscription_ptr nats_connection::join(const std::string& group, const std::string& subject,
                                       callback deliver) {
  return std::make_unique<nats_subscription>(connection_, group, subject, std::move(deliver));
}

std::string make_inbox(const std::string& prefix) {
  natsInbox* raw = nullptr;
  check(natsInbox_Create(&raw), "inbox");
  const std::string common = raw; // _INBOX.<random>
  natsInbox_Destroy(raw);
  return prefix + common.substr(common.find('.'));
}

std::string nats_connection::make_inbox() {
  return io::make_inbox(inbox_prefix_);
}

std::uint64_t nats_connection::connection_count() const {
  thread_local const nats_ptr<natsStatistics> statistics = [] { // asked for with each answer
    natsStatistics* raw = nullptr;
    check(natsStatistics_Create(&raw), "statistics");
    return nats_ptr<natsStatistics>{raw};
  }();
  std::uint64_t reconnects = 0;
  natsConnection_GetStats(connection_, statistics.get());
  natsStatistics_GetCounts(statistics.get(), nullptr, nullptr, nullptr, nullptr, &reconnects);
  return reconnects + hung_writes_;
}

std::string nats_connection::refusal() const {
  // The library writes the text on its reading thread, before it delivers later messages, and
  // returns a pointer to it: the text is complete if two reads are equal.
  auto read = [this] {
    const char* text = nullptr;
    auto status = natsConnection_GetLastError(connection_, &text);
    return std::string{status == NATS_NOT_PERMITTED && text != nullptr ? text : ""};
  };
  auto result = read();
  for (auto again = read(); again != result; again = read())
    result = std::move(again);
  return result;
}

std::size_t nats_connection::max_payload() const {
  return static_cast<std::size_t>(
      std::max<std::int64_t>(0, natsConnection_GetMaxPayload(connection_)));
}

bool nats_connection::connected() const {
  return natsConnection_Status(connection_) == NATS_CONN_STATUS_CONNECTED;
}

std::string nats_connection::server() const {
  char url[512] = "";
  natsConnection_GetConnectedUrl(connection_, url, sizeof url);
  const auto server = config::parse_nats_urls(url);
  return server ? config::describe(*server) : std::string{};
}

bool nats_connection::flush(std::chrono::milliseconds timeout) {
  return natsConnection_FlushTimeout(connection_, timeout.count()) == NATS_OK;
}

} // namespace meme::io
