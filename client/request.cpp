#include "client/request.hpp"

#include <exception>
#include <iostream>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "client/answer.hpp"
#include "client/nats.hpp"
#include "client/picture_file.hpp"

namespace meme::client {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

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

/// Publishes into the queue and returns only once the server has stored it.
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

/// Waits for the answer. The request itself goes to the same server, so that a message here that
/// is not an answer can only be somebody's mistake, and is passed over.
std::optional<answer> wait_for_answer(natsSubscription& inbox, milliseconds timeout) {
  const auto deadline = steady_clock::now() + timeout;
  for (auto left = timeout; left.count() > 0;
       left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now())) {
    const auto message = next_message(inbox, left);
    if (!message)
      break;
    const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(message.get()));
    if (auto result = parse_answer({natsMsg_GetData(message.get()), size}))
      return result;
  }
  return std::nullopt;
}

int save(const request_settings& settings, const answer& result, milliseconds took) {
  std::filesystem::path file = settings.output;
  if (file.empty())
    file = save_new_file(std::filesystem::current_path(), result.request_id, result.image);
  else
    save_file(file, result.image);
  std::cout << "saved " << printable(file.string()) << ": " << result.image.size() << " bytes, "
            << extension_of(result.image) << ", " << took.count() << " ms"
            << (result.cached ? ", cached" : ", drawn by " + printable(result.model)) << '\n';
  return answered;
}

int request(natsOptions& nats, const request_settings& settings) {
  const auto connection = connect(nats);
  const auto inbox = new_inbox();
  const auto answers = subscribe(*connection, inbox);
  const auto started = steady_clock::now();
  enqueue(*connection, settings.subject, encode(settings, inbox));
  const auto result = wait_for_answer(*answers, settings.timeout);
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  if (!result) {
    std::cerr << "no answer within " << settings.timeout.count()
              << " s; the request stays in the queue\n";
    return no_answer;
  }
  if (!result->error.empty()) {
    std::cerr << "request " << printable(result->request_id) << " failed ("
              << printable(result->code) << "): " << printable(result->error) << '\n';
    return failed;
  }
  return save(settings, *result, took);
}

} // namespace

int run_request(natsOptions& nats, const request_settings& settings) {
  try {
    return request(nats, settings);
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return failed;
  }
}

} // namespace meme::client
