#include "client/queue.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace meme::client {

std::string encode(const request_settings& settings, const std::string& reply_to) {
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
  if (!settings.id.empty())
    text("id", settings.id);
  text("prompt", settings.prompt);
  if (settings.negative_prompt)
    text("negative_prompt", *settings.negative_prompt);
  if (settings.guidance_scale) {
    json.Key("guidance_scale");
    json.Double(*settings.guidance_scale);
  }
  number("num_inference_steps", settings.num_inference_steps);
  number("seed", settings.seed);
  number("width", settings.width);
  number("height", settings.height);
  json.Key("fast_mode");
  json.Bool(settings.fast_mode);
  json.Key("small_image");
  json.Bool(settings.small_image);
  text("reply_to", reply_to);
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

void enqueue(natsConnection& connection, const std::string& subject, const std::string& request) {
  jsCtx* raw_js = nullptr;
  check(natsConnection_JetStream(&raw_js, &connection, nullptr), "use JetStream");
  const nats_ptr<jsCtx> js{raw_js};
  jsPubAck* raw_ack = nullptr;
  auto error = jsErrCode{};
  const auto status = js_Publish(&raw_ack, js.get(), subject.c_str(), request.data(),
                                 static_cast<int>(request.size()), nullptr, &error);
  const nats_ptr<jsPubAck> ack{raw_ack};
  if (status == NATS_NO_RESPONDERS)
    throw std::runtime_error{"no stream stores " + subject
                             + " (is the subject right, and has the service been started or "
                               "`meme-generator provision` run?)"};
  check(status, "queue the request on " + subject);
}

} // namespace meme::client
