#include "test/support/nats_client.hpp"

#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace meme::test {

namespace {

using client::check;
using client::nats_ptr;

nats_ptr<natsMsg> make_message(const std::string& subject, const std::string& data,
                               const headers& header) {
  natsMsg* raw = nullptr;
  check(natsMsg_Create(&raw, subject.c_str(), nullptr, data.data(), static_cast<int>(data.size())),
        "make a message");
  nats_ptr<natsMsg> result{raw};
  for (const auto& [name, value] : header)
    check(natsMsgHeader_Set(raw, name.c_str(), value.c_str()), "set a header");
  return result;
}

headers read_headers(natsMsg& source) {
  const char** raw_names = nullptr;
  int count = 0;
  if (natsMsgHeader_Keys(&source, &raw_names, &count) != NATS_OK)
    return {}; // none
  // The library allocates the array but not what it points to.
  const std::unique_ptr<const char* [], void (*)(const char**)> names {
    raw_names, [](const char** array) { std::free(array); }
  };
  headers result;
  for (int i = 0; i < count; ++i) {
    const char* value = nullptr;
    check(natsMsgHeader_Get(&source, names[i], &value), "read a header");
    result[names[i]] = value == nullptr ? "" : value;
  }
  return result;
}

message copy(natsMsg& source) {
  return {natsMsg_GetSubject(&source),
          {natsMsg_GetData(&source), static_cast<std::size_t>(natsMsg_GetDataLength(&source))},
          read_headers(source)};
}

nats_ptr<natsConnection> connect(const std::string& url) {
  natsOptions* raw = nullptr;
  check(natsOptions_Create(&raw), "make NATS options");
  const nats_ptr<natsOptions> options{raw};
  check(natsOptions_SetURL(raw, url.c_str()), "use " + url);
  check(natsOptions_SetName(raw, "test"), "name the connection");
  check(natsOptions_SetMaxReconnect(raw, -1), "reconnect for ever");
  check(natsOptions_SetReconnectWait(raw, 20), "reconnect fast");
  natsConnection* connection = nullptr;
  check(natsConnection_Connect(&connection, raw), "connect to " + url);
  return nats_ptr<natsConnection>{connection};
}

} // namespace

mailbox::mailbox(natsConnection& connection, const std::string& subject)
    : subscription_{client::subscribe(connection, subject)} {}

bool mailbox::wait_for(std::size_t count, std::chrono::milliseconds timeout) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + timeout;
  while (messages_.size() < count) {
    const auto left = deadline - steady_clock::now();
    if (!receive(std::chrono::ceil<std::chrono::milliseconds>(left)))
      return false;
  }
  return true;
}

const std::vector<message>& mailbox::messages() {
  while (receive(std::chrono::milliseconds{0})) {
  }
  return messages_;
}

const message& mailbox::next() {
  if (!wait_for(taken_ + 1))
    throw std::runtime_error{"no message came"};
  return messages_[taken_++];
}

std::vector<message> mailbox::take() {
  messages();
  taken_ = 0;
  return std::exchange(messages_, {});
}

bool mailbox::receive(std::chrono::milliseconds timeout) {
  const auto received = client::next_message(*subscription_, timeout);
  if (!received)
    return false;
  messages_.push_back(copy(*received));
  return true;
}

nats_client::nats_client(const std::string& url, std::chrono::milliseconds wait)
    : connection_{connect(url)} {
  jsOptions options;
  check(jsOptions_Init(&options), "use JetStream");
  options.Wait = wait.count();
  options.PublishAsync.StallWait = options.Wait;
  jsCtx* raw = nullptr;
  check(natsConnection_JetStream(&raw, connection_.get(), &options), "use JetStream");
  jetstream_.reset(raw);
}

void nats_client::publish(const std::string& subject, const std::string& data,
                          const headers& header) {
  const auto outgoing = make_message(subject, data, header);
  check(natsConnection_PublishMsg(connection_.get(), outgoing.get()), "publish on " + subject);
}

void nats_client::publish_request(const std::string& subject, const std::string& data,
                                  const std::string& reply) {
  check(natsConnection_PublishRequest(connection_.get(), subject.c_str(), reply.c_str(),
                                      data.data(), static_cast<int>(data.size())),
        "publish on " + subject);
}

stored nats_client::enqueue(const std::string& subject, const std::string& data,
                            const headers& header) {
  const auto outgoing = make_message(subject, data, header);
  jsPubAck* raw = nullptr;
  check(js_PublishMsg(&raw, jetstream_.get(), outgoing.get(), nullptr, nullptr),
        "enqueue on " + subject);
  const nats_ptr<jsPubAck> ack{raw};
  return {ack->Stream, ack->Sequence, ack->Duplicate};
}

void nats_client::enqueue_all(const std::string& subject,
                              const std::vector<std::string>& messages) {
  for (const auto& data : messages)
    check(js_PublishAsync(jetstream_.get(), subject.c_str(), data.data(),
                          static_cast<int>(data.size()), nullptr),
          "enqueue on " + subject);
  check(js_PublishAsyncComplete(jetstream_.get(), nullptr), "enqueue on " + subject);
  natsMsgList failed{nullptr, 0};
  if (js_PublishAsyncGetPendingList(&failed, jetstream_.get()) == NATS_OK) {
    natsMsgList_Destroy(&failed);
    throw std::runtime_error{"not everything was stored on " + subject};
  }
}

mailbox nats_client::subscribe(const std::string& subject) {
  return {*connection_, subject};
}

json nats_client::api(const std::string& call, const std::string& request) {
  natsMsg* raw = nullptr;
  check(natsConnection_Request(&raw, connection_.get(), ("$JS.API." + call).c_str(), request.data(),
                               static_cast<int>(request.size()),
                               std::chrono::milliseconds{patience}.count()),
        "call " + call);
  const nats_ptr<natsMsg> reply{raw};
  return json{{natsMsg_GetData(raw), static_cast<std::size_t>(natsMsg_GetDataLength(reply.get()))}};
}

json nats_client::consumer(const std::string& stream, const std::string& name) {
  return api("CONSUMER.INFO." + stream + "." + name);
}

std::int64_t nats_client::messages_in(const std::string& stream_name) {
  return stream(stream_name).integer("/state/messages");
}

} // namespace meme::test
