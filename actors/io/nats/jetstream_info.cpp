#include "actors/io/nats/jetstream_info.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "messages/text/json_document.hpp"

namespace meme::io {

namespace {

using rapidjson::Value;

/// Reads members of a JSON object. A member that is absent or of another type is as if not there.
class reader {
public:
  explicit reader(const Value* object)
      : object_(object != nullptr && object->IsObject() ? object : nullptr) {}

  bool exists() const { return object_ != nullptr; }

  const Value* member(const char* name) const {
    if (object_ == nullptr)
      return nullptr;
    const auto found = object_->FindMember(name);
    return found == object_->MemberEnd() ? nullptr : &found->value;
  }

  reader inside(const char* name) const { return reader{member(name)}; }

  std::string text(const char* name) const {
    const auto* value = member(name);
    return value != nullptr && value->IsString()
               ? std::string{value->GetString(), value->GetStringLength()}
               : std::string{};
  }

  std::int64_t integer(const char* name, std::int64_t otherwise) const {
    const auto* value = member(name);
    return value != nullptr && value->IsInt64() ? value->GetInt64() : otherwise;
  }

  std::uint64_t count(const char* name) const {
    const auto* value = member(name);
    return value != nullptr && value->IsUint64() ? value->GetUint64() : 0;
  }

  std::chrono::nanoseconds time(const char* name) const {
    return std::chrono::nanoseconds{integer(name, 0)};
  }

  bool flag(const char* name) const {
    const auto* value = member(name);
    return value != nullptr && value->IsBool() && value->GetBool();
  }

  std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> result;
    for_each(name, [&](const Value& each) {
      if (each.IsString())
        result.emplace_back(each.GetString(), each.GetStringLength());
    });
    return result;
  }

  template <class Visit>
  void for_each(const char* name, Visit visit) const {
    const auto* value = member(name);
    if (value == nullptr || !value->IsArray())
      return;
    for (const auto& each : value->GetArray())
      visit(each);
  }

  std::string as_json() const {
    if (object_ == nullptr)
      return {};
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
    object_->Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
  }

private:
  const Value* object_;
};

jsRetentionPolicy retention_of(const std::string& name) {
  if (name == "workqueue")
    return js_WorkQueuePolicy;
  return name == "interest" ? js_InterestPolicy : js_LimitsPolicy;
}

jsAckPolicy ack_policy_of(const std::string& name) {
  if (name == "explicit")
    return js_AckExplicit;
  return name == "all" ? js_AckAll : js_AckNone;
}

/// A server that is alone sends no "cluster"; one of a cluster names its name at least.
bool leaderless(const reader& info) {
  const auto cluster = info.inside("cluster");
  return !cluster.text("name").empty() && cluster.text("leader").empty();
}

stream_feed stream_feed_in(const reader& json) {
  stream_feed result;
  result.name = json.text("name");
  result.external = json.inside("external").exists();
  if (auto filter = json.text("filter_subject"); !filter.empty())
    result.filters.push_back(std::move(filter));
  json.for_each("subject_transforms", [&](const Value& each) {
    if (auto filter = reader{&each}.text("src"); !filter.empty())
      result.filters.push_back(std::move(filter));
  });
  return result;
}

stream_config stream_config_in(const reader& json) {
  stream_config result;
  result.name = json.text("name");
  result.subjects = json.texts("subjects");
  result.retention = retention_of(json.text("retention"));
  result.storage = json.text("storage") == "memory" ? js_MemoryStorage : js_FileStorage;
  result.discards_new = json.text("discard") == "new";
  result.discards_new_per_subject = json.flag("discard_new_per_subject");
  result.max_messages = json.integer("max_msgs", -1);
  result.max_bytes = json.integer("max_bytes", -1);
  result.max_messages_per_subject = json.integer("max_msgs_per_subject", -1);
  result.max_message_bytes = json.integer("max_msg_size", -1);
  result.max_age = json.time("max_age");
  result.duplicate_window = json.time("duplicate_window");
  result.confirms_nothing = json.flag("no_ack");
  result.sealed = json.flag("sealed");
  auto add_feed = [&result](const reader& feed) {
    if (!feed.text("name").empty())
      result.feeds.push_back(stream_feed_in(feed));
  };
  add_feed(json.inside("mirror"));
  json.for_each("sources", [&](const Value& each) { add_feed(reader{&each}); });
  const auto transform = json.inside("subject_transform");
  result.transform_source = transform.text("src");
  result.transform_destination = transform.text("dest");
  return result;
}

consumer_config consumer_config_in(const reader& json) {
  consumer_config result;
  result.name = json.text("durable_name");
  result.push = !json.text("deliver_subject").empty();
  result.ack_policy = ack_policy_of(json.text("ack_policy"));
  result.ack_wait = json.time("ack_wait");
  result.max_deliver = json.integer("max_deliver", -1);
  result.max_ack_pending = json.integer("max_ack_pending", 0);
  result.max_request_batch = json.integer("max_batch", 0);
  result.max_request_expires = json.time("max_expires");
  json.for_each("backoff", [&](const Value&) { result.has_backoff = true; });
  result.filters = json.texts("filter_subjects");
  if (auto single = json.text("filter_subject"); !single.empty())
    result.filters.push_back(std::move(single));
  const auto begins = json.text("deliver_policy");
  result.only_new = !begins.empty() && begins != "all";
  result.headers_only = json.flag("headers_only");
  result.inactive_threshold = json.time("inactive_threshold");
  result.priority_policy = json.text("priority_policy");
  if (result.priority_policy != "none")
    result.priority_groups = json.texts("priority_groups");
  return result;
}

} // namespace

bool stream_config::forgets() const {
  const auto total = !discards_new && (max_messages > 0 || max_bytes > 0);
  const auto per_subject =
      max_messages_per_subject > 0 && !(discards_new && discards_new_per_subject);
  return max_age.count() > 0 || total || per_subject;
}

std::optional<stream_info> read_stream_info(std::string_view reply) {
  const auto document = json::read_document(reply);
  const reader json{&document};
  const auto config = json.inside("config");
  if (!config.exists())
    return {};
  const auto state = json.inside("state");
  stream_info result;
  result.config = stream_config_in(config);
  result.configuration = config.as_json();
  result.messages = state.count("messages");
  result.first_sequence = state.count("first_seq");
  result.leaderless = leaderless(json);
  return result;
}

std::optional<consumer_info> read_consumer_info(std::string_view reply) {
  const auto document = json::read_document(reply);
  const reader json{&document};
  const auto config = json.inside("config");
  if (!config.exists())
    return {};
  consumer_info result;
  result.config = consumer_config_in(config);
  result.configuration = config.as_json();
  result.pending = json.count("num_pending");
  result.ack_pending = json.count("num_ack_pending");
  result.delivered_up_to = json.inside("delivered").count("stream_seq");
  result.acknowledged_to = json.inside("ack_floor").count("stream_seq");
  result.paused = json.flag("paused");
  result.paused_until = config.text("pause_until");
  result.leaderless = leaderless(json);
  return result;
}

} // namespace meme::io
