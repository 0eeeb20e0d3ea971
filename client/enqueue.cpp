#include "client/enqueue.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "messages/request.hpp"

namespace meme::client {

std::string encode(const request_fields& request, const std::string& reply_to) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json{buffer};
  const auto text = [&json](const char* name, const std::string& value) {
    json.Key(name);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  const auto number = [&json](const char* name, const auto& value) {
    if (!value)
      return;
    json.Key(name);
    json.Uint64(*value);
  };
  json.StartObject();
  if (!request.id.empty())
    text("id", request.id);
  text("prompt", request.prompt);
  if (request.negative_prompt)
    text("negative_prompt", *request.negative_prompt);
  if (request.guidance_scale) {
    json.Key("guidance_scale");
    json.Double(*request.guidance_scale);
  }
  number("num_inference_steps", request.num_inference_steps);
  if (request.seed) {
    json.Key("seed");
    json.RawValue(request.seed->data(), request.seed->size(), rapidjson::kNumberType);
  }
  number("width", request.width);
  number("height", request.height);
  json.Key("fast_mode");
  json.Bool(request.fast_mode);
  json.Key("small_image");
  json.Bool(request.small_image);
  text("reply_to", reply_to);
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string enqueue(natsConnection& connection, const std::string& subject,
                    const request_fields& request, const std::string& reply_to) {
  const auto json = encode(request, reply_to);
  natsMsg* raw_message = nullptr;
  check(natsMsg_Create(&raw_message, subject.c_str(), nullptr, json.data(),
                       static_cast<int>(json.size())),
        "make a message");
  const nats_ptr<natsMsg> message{raw_message};
  // An id that is refused might not even be one line.
  if (valid_request_id(request.id, request_limits{}))
    check(natsMsgHeader_Set(raw_message, "Meme-Request-Id", request.id.c_str()), "set a header");
  check(natsMsgHeader_Set(raw_message, "Meme-Reply-To", reply_to.c_str()), "set a header");
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
