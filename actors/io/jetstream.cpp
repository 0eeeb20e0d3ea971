#include "actors/io/jetstream.hpp"

#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "actors/io/nats_request.hpp"

namespace meme::io {

namespace {

using stream_info_ptr = nats_ptr<jsStreamInfo, jsStreamInfo_Destroy>;
using consumer_info_ptr = nats_ptr<jsConsumerInfo, jsConsumerInfo_Destroy>;

std::string text(const char* value) {
  return value == nullptr ? "" : value;
}

rapidjson::Document parsed(const std::string& reply) {
  rapidjson::Document json;
  json.Parse(reply.data(), reply.size());
  return json;
}

std::string configuration_in(const std::string& reply) {
  auto json = parsed(reply);
  auto* configuration = rapidjson::Pointer{"/config"}.Get(json);
  if (configuration == nullptr)
    return {};
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
  configuration->Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

void throw_error_in(const std::string& reply) {
  auto json = parsed(reply);
  if (rapidjson::Pointer{"/error"}.Get(json) == nullptr)
    return;
  auto* words = rapidjson::Pointer{"/error/description"}.Get(json);
  auto* code = rapidjson::Pointer{"/error/code"}.Get(json);
  throw api_error(words != nullptr && words->IsString() ? words->GetString() : "no reason given",
                  code != nullptr && code->IsInt() ? code->GetInt() : 500);
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

std::optional<stream_config> jetstream::find_stream(const std::string& name) {
  ask("STREAM.INFO." + name, ""); // a refusal is known at once
  jsStreamInfo* raw = nullptr;
  jsErrCode code{};
  auto status = js_GetStreamInfo(&raw, context_.get(), name.c_str(), &options_, &code);
  if (status == NATS_NOT_FOUND)
    return {};
  check_call(status, "stream");
  stream_info_ptr info{raw};
  stream_config result;
  result.name = name;
  result.retention = info->Config->Retention;
  result.storage = info->Config->Storage;
  result.forgets = info->Config->MaxAge > 0
                   || (info->Config->Discard == js_DiscardOld
                       && (info->Config->MaxMsgs > 0 || info->Config->MaxBytes > 0));
  result.confirms_nothing = info->Config->NoAck;
  for (int i = 0; i < info->Config->SubjectsLen; ++i)
    result.subjects.push_back(info->Config->Subjects[i]);
  return result;
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

std::string jetstream::configuration_of(const std::string& stream) {
  return configuration_in(ask("STREAM.INFO." + stream, ""));
}

std::string jetstream::configuration_of(const std::string& stream, const std::string& consumer) {
  return configuration_in(ask("CONSUMER.INFO." + stream + "." + consumer, ""));
}

void jetstream::restore_stream(const std::string& name, const std::string& configuration) {
  throw_error_in(ask("STREAM.CREATE." + name, configuration));
}

void jetstream::restore_consumer(const std::string& stream, const std::string& name,
                                 const std::string& configuration) {
  auto request = R"({"stream_name":")" + stream + R"(","config":)" + configuration + "}";
  throw_error_in(ask("CONSUMER.DURABLE.CREATE." + stream + "." + name, request));
}

std::string jetstream::stream_of(const std::string& subject) {
  // A checked subject needs no escaping.
  auto json = parsed(ask("STREAM.NAMES", R"({"subject":")" + subject + R"("})"));
  auto* names = rapidjson::Pointer{"/streams/0"}.Get(json);
  return names != nullptr && names->IsString() ? names->GetString() : std::string{};
}

void jetstream::create_stream(const stream_config& wanted) {
  std::string subjects; // checked subjects and names need no escaping
  for (auto& subject : wanted.subjects)
    subjects += (subjects.empty() ? "\"" : ",\"") + subject + '"';
  auto is_queue = wanted.retention == js_WorkQueuePolicy;
  restore_stream(wanted.name, "{\"name\":\"" + wanted.name + "\",\"subjects\":[" + subjects
                                  + "],\"retention\":\"" + (is_queue ? "workqueue" : "limits")
                                  + "\",\"storage\":\"file\",\"num_replicas\":1}");
}

std::optional<consumer_config> jetstream::find_consumer(const std::string& stream,
                                                        const std::string& name) {
  ask("CONSUMER.INFO." + stream + "." + name, ""); // a refusal is known at once
  jsConsumerInfo* raw = nullptr;
  jsErrCode code{};
  auto status =
      js_GetConsumerInfo(&raw, context_.get(), stream.c_str(), name.c_str(), &options_, &code);
  if (status == NATS_NOT_FOUND)
    return {};
  check_call(status, "consumer");
  consumer_info_ptr info{raw};
  auto& config = *info->Config;
  consumer_config result;
  result.name = name;
  result.push = !text(config.DeliverSubject).empty();
  result.ack_policy = config.AckPolicy;
  result.ack_wait = std::chrono::nanoseconds{config.AckWait};
  result.max_deliver = config.MaxDeliver;
  result.max_ack_pending = config.MaxAckPending;
  result.max_request_batch = config.MaxRequestBatch;
  result.max_request_expires = std::chrono::nanoseconds{config.MaxRequestExpires};
  result.has_backoff = config.BackOffLen > 0;
  result.filter = text(config.FilterSubject);
  result.only_new = config.DeliverPolicy != js_DeliverAll;
  result.headers_only = config.HeadersOnly;
  result.inactive_threshold = std::chrono::nanoseconds{config.InactiveThreshold};
  return result;
}

void jetstream::create_consumer(const std::string& stream, const consumer_config& wanted) {
  restore_consumer(stream, wanted.name,
                   "{\"durable_name\":\"" + wanted.name
                       + R"(","deliver_policy":"all","replay_policy":"instant",)"
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

void jetstream::delete_message(const std::string& stream, std::uint64_t sequence) {
  jsErrCode code{};
  auto status = js_DeleteMsg(context_.get(), stream.c_str(), sequence, &options_, &code);
  if (status != NATS_NOT_FOUND)
    check_call(status, "message");
}

void jetstream::publish(const std::string& subject, std::string_view data,
                        const header_list& headers) {
  natsMsg* raw = nullptr;
  check(natsMsg_Create(&raw, subject.c_str(), nullptr, data.data(), static_cast<int>(data.size())),
        "message");
  nats_message_ptr message{raw};
  for (auto& [key, value] : headers)
    check(natsMsgHeader_Set(raw, key.c_str(), value.c_str()), "header");
  jsErrCode code{};
  check_call(js_PublishMsg(nullptr, context_.get(), raw, nullptr, &code), "publish");
}

} // namespace meme::io
