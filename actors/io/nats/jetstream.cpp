#include "actors/io/nats/jetstream.hpp"

#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "actors/io/nats/nats_request.hpp"
#include "messages/text/json_document.hpp"

namespace meme::io {

namespace {

/// As a JSON string: subjects and names may have quotation marks.
std::string quoted(const std::string& text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return {buffer.GetString(), buffer.GetSize()};
}

void throw_error_in(const std::string& reply) {
  auto json = json::read_document(reply);
  if (rapidjson::Pointer{"/error"}.Get(json) == nullptr)
    return;
  auto* words = rapidjson::Pointer{"/error/description"}.Get(json);
  auto* code = rapidjson::Pointer{"/error/code"}.Get(json);
  throw api_error(words != nullptr && words->IsString() ? words->GetString() : "no reason given",
                  code != nullptr && code->IsInt() ? code->GetInt() : 500);
}

bool says_not_found(const std::string& reply) {
  constexpr int not_found = 404;
  auto json = json::read_document(reply);
  auto* code = rapidjson::Pointer{"/error/code"}.Get(json);
  return code != nullptr && code->IsInt() && code->GetInt() == not_found;
}

} // namespace

jetstream::jetstream(natsConnection* connection, std::string inbox_prefix,
                     std::chrono::milliseconds patience)
    : connection_(connection), inbox_prefix_(std::move(inbox_prefix)) {
  jsOptions_Init(&options_);
  options_.Wait = patience.count();
  jsCtx* raw = nullptr;
  check(natsConnection_JetStream(&raw, connection, &options_), "JetStream");
  context_.reset(raw);
}

std::optional<stream_info> jetstream::find_stream(const std::string& name) {
  const auto reply = ask("STREAM.INFO." + name, "");
  if (says_not_found(reply))
    return {};
  throw_error_in(reply);
  auto info = read_stream_info(reply);
  if (!info)
    throw std::runtime_error("STREAM.INFO." + name + ": the answer describes no stream");
  return info;
}

std::string jetstream::ask(const std::string& call, const std::string& request) {
  auto reply = io::ask(connection_, inbox_prefix_, "$JS.API." + call, request,
                       std::chrono::milliseconds{options_.Wait});
  return {natsMsg_GetData(reply.get()),
          static_cast<std::size_t>(natsMsg_GetDataLength(reply.get()))};
}

void jetstream::check_call(natsStatus status, const char* doing) const {
  if (auto refusal = last_refusal(connection_); status == NATS_TIMEOUT && !refusal.empty())
    throw nats_refused(refusal);
  check(status, doing);
}

void jetstream::restore_stream(const std::string& name, const std::string& configuration) {
  throw_error_in(ask("STREAM.CREATE." + name, configuration));
}

void jetstream::restore_consumer(const std::string& stream, const std::string& name,
                                 const std::string& configuration) {
  auto request = R"({"stream_name":)" + quoted(stream) + R"(,"config":)" + configuration + "}";
  throw_error_in(ask("CONSUMER.DURABLE.CREATE." + stream + "." + name, request));
}

std::string jetstream::stream_of(const std::string& subject) {
  auto json = json::read_document(ask("STREAM.NAMES", R"({"subject":)" + quoted(subject) + '}'));
  auto* names = rapidjson::Pointer{"/streams/0"}.Get(json);
  return names != nullptr && names->IsString() ? names->GetString() : std::string{};
}

void jetstream::create_stream(const stream_config& wanted) {
  std::string subjects;
  for (auto& subject : wanted.subjects)
    subjects += (subjects.empty() ? "" : ",") + quoted(subject);
  auto is_queue = wanted.retention == js_WorkQueuePolicy;
  restore_stream(wanted.name, "{\"name\":" + quoted(wanted.name) + ",\"subjects\":[" + subjects
                                  + "],\"retention\":\"" + (is_queue ? "workqueue" : "limits")
                                  + "\",\"storage\":\"file\",\"num_replicas\":1}");
}

std::optional<consumer_info> jetstream::find_consumer(const std::string& stream,
                                                      const std::string& name) {
  const auto reply = ask("CONSUMER.INFO." + stream + "." + name, "");
  if (says_not_found(reply))
    return {};
  throw_error_in(reply);
  auto info = read_consumer_info(reply);
  if (!info)
    throw std::runtime_error("CONSUMER.INFO." + name + ": the answer describes no consumer");
  return info;
}

void jetstream::create_consumer(const std::string& stream, const consumer_config& wanted) {
  restore_consumer(stream, wanted.name,
                   "{\"durable_name\":" + quoted(wanted.name)
                       + R"(,"deliver_policy":"all","replay_policy":"instant",)"
                         R"("ack_policy":"explicit","ack_wait":)"
                       + std::to_string(wanted.ack_wait.count())
                       + ",\"max_deliver\":" + std::to_string(wanted.max_deliver)
                       + ",\"max_ack_pending\":" + std::to_string(wanted.max_ack_pending) + "}");
}

std::optional<stored_message> jetstream::find_message(const std::string& stream,
                                                      std::uint64_t sequence) {
  natsMsg* raw = nullptr;
  jsErrCode code{};
  auto status = js_GetMsg(&raw, context_.get(), stream.c_str(), sequence, &options_, &code);
  if (status == NATS_NOT_FOUND)
    return {};
  check_call(status, "message");
  return stored_message{std::make_shared<nats_bus_message>(raw), natsMsg_GetTime(raw)};
}

std::optional<message_place> jetstream::next_message(const std::string& stream,
                                                     std::uint64_t sequence,
                                                     const std::string& subject) {
  const auto reply =
      ask("STREAM.MSG.GET." + stream,
          R"({"seq":)" + std::to_string(sequence) + R"(,"next_by_subj":)" + quoted(subject) + '}');
  if (says_not_found(reply))
    return {};
  throw_error_in(reply);
  auto json = json::read_document(reply);
  auto* place = rapidjson::Pointer{"/message/seq"}.Get(json);
  auto* its_subject = rapidjson::Pointer{"/message/subject"}.Get(json);
  if (place == nullptr || !place->IsUint64() || its_subject == nullptr || !its_subject->IsString())
    throw std::runtime_error("STREAM.MSG.GET." + stream + ": the answer has no message");
  return message_place{place->GetUint64(), its_subject->GetString()};
}

std::uint64_t jetstream::count_messages(const std::string& stream, const std::string& filter) {
  const auto reply = ask("STREAM.INFO." + stream, R"({"subjects_filter":)" + quoted(filter) + '}');
  throw_error_in(reply);
  auto json = json::read_document(reply);
  auto* subjects = rapidjson::Pointer{"/state/subjects"}.Get(json);
  std::uint64_t result = 0;
  if (subjects != nullptr && subjects->IsObject())
    for (auto& each : subjects->GetObject())
      result += each.value.IsUint64() ? each.value.GetUint64() : 0;
  return result;
}

void jetstream::delete_message(const std::string& stream, std::uint64_t sequence) {
  jsErrCode code{};
  auto status = js_DeleteMsg(context_.get(), stream.c_str(), sequence, &options_, &code);
  if (status != NATS_NOT_FOUND)
    check_call(status, "message");
}

bool jetstream::publish(const std::string& subject, std::string_view data,
                        const header_list& headers) {
  natsMsg* raw = nullptr;
  check(natsMsg_Create(&raw, subject.c_str(), nullptr, data.data(), static_cast<int>(data.size())),
        "message");
  nats_message_ptr message{raw};
  for (auto& [key, value] : headers)
    check(natsMsgHeader_Set(raw, key.c_str(), value.c_str()), "header");
  jsErrCode code{};
  jsPubAck* acknowledgement = nullptr;
  check_call(js_PublishMsg(&acknowledgement, context_.get(), raw, nullptr, &code), "publish");
  const nats_ptr<jsPubAck> owner{acknowledgement};
  return !owner->Duplicate;
}

} // namespace meme::io
