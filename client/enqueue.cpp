#include "client/enqueue.hpp"

namespace meme::client {

std::string enqueue(natsConnection& connection, const std::string& subject,
                    const meme_request& request) {
  const auto json = encode_request(request);
  natsMsg* raw_message = nullptr;
  check(natsMsg_Create(&raw_message, subject.c_str(), nullptr, json.data(),
                       static_cast<int>(json.size())),
        "make a message");
  const nats_ptr<natsMsg> message{raw_message};
  // An id that is refused might not even be one line.
  if (valid_request_id(request.id, request_limits{}))
    check(natsMsgHeader_Set(raw_message, "Meme-Request-Id", request.id.c_str()), "set a header");
  check(natsMsgHeader_Set(raw_message, "Meme-Reply-To", request.reply_to.c_str()), "set a header");
  jsCtx* raw_js = nullptr;
  check(natsConnection_JetStream(&raw_js, &connection, nullptr), "use JetStream");
  const nats_ptr<jsCtx> js{raw_js};
  jsPubAck* raw_ack = nullptr;
  auto error = jsErrCode{};
  const auto status = js_PublishMsg(&raw_ack, js.get(), raw_message, nullptr, &error);
  const nats_ptr<jsPubAck> ack{raw_ack};
  if (status == NATS_NO_RESPONDERS)
    throw std::runtime_error{"no stream stores " + subject
                             + " (is the subject right, and has the service been started or "
                               "`meme-generator provision` run?)"};
  check(status, "queue the request on " + subject);
  return std::string{ack->Stream} + '-' + std::to_string(ack->Sequence);
}

} // namespace meme::client
