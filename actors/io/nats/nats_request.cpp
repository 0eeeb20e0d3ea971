#include "actors/io/nats/nats_request.hpp"

#include <algorithm>

#include "messages/subjects/refusal.hpp"

namespace meme::io {

namespace {

std::string refusal_words(natsConnection* connection) {
  const char* words = nullptr;
  const auto status = natsConnection_GetLastError(connection, &words);
  return status == NATS_NOT_PERMITTED && words != nullptr ? words : "";
}

/// Whether the server's text is about one of the two. The library truncates it, so the subject only
/// has to begin with the text's subject.
bool is_about(const std::string& words, const std::string& subject, const std::string& inbox) {
  const auto refused = read_refusal(words);
  const auto& mine = refused.to_subscribe ? inbox : subject;
  return !refused.subject.empty() && mine.compare(0, refused.subject.size(), refused.subject) == 0;
}

} // namespace

std::string last_refusal(natsConnection* connection) {
  return describe_refusal(refusal_words(connection));
}

nats_message_ptr ask(natsConnection* connection, const std::string& inbox_prefix,
                     const std::string& subject, const std::string& request,
                     std::chrono::milliseconds timeout) {
  using clock = std::chrono::steady_clock;
  // An answer arrives long before; an earlier refusal of the same subject does not count.
  constexpr std::chrono::milliseconds slice{50};
  const auto inbox = make_inbox(inbox_prefix);
  natsSubscription* raw = nullptr;
  check(natsConnection_SubscribeSync(&raw, connection, inbox.c_str()), subject.c_str());
  const nats_ptr<natsSubscription> replies{raw};
  check(natsConnection_PublishRequest(connection, subject.c_str(), inbox.c_str(), request.data(),
                                      static_cast<int>(request.size())),
        subject.c_str());
  const auto deadline = clock::now() + timeout;
  for (auto left = timeout; left.count() > 0;
       left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now())) {
    natsMsg* reply = nullptr;
    const auto status = natsSubscription_NextMsg(&reply, raw, std::min(left, slice).count());
    nats_message_ptr result{reply};
    if (status == NATS_OK && natsMsg_IsNoResponders(reply))
      check(NATS_NO_RESPONDERS, subject.c_str());
    if (status == NATS_OK)
      return result;
    // A command's connection ends with the first refusal: report the refusal, not the closed
    // connection.
    if (auto words = refusal_words(connection); is_about(words, subject, inbox))
      throw nats_refused(describe_refusal(words));
    if (status != NATS_TIMEOUT)
      check(status, subject.c_str());
  }
  check(NATS_TIMEOUT, subject.c_str());
  return nullptr;
}

} // namespace meme::io
