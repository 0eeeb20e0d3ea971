#include "sketch-server/http/admin.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace meme::sketch {

namespace {

constexpr auto json_type = "application/json";

std::string prompt_json(const std::string& prompt, std::uint64_t calls) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer{text};
  writer.StartObject();
  writer.Key("prompt");
  writer.String(prompt.data(), static_cast<rapidjson::SizeType>(prompt.size()));
  writer.Key("calls");
  writer.Uint64(calls);
  writer.EndObject();
  return {text.GetString(), text.GetSize()};
}

reply stats(model& subject, std::string_view target) {
  if (const auto prompt = query_value(target, "prompt"))
    return text_reply(200, prompt_json(*prompt, subject.counts().calls_for(*prompt)), json_type);
  return text_reply(200, subject.counts().json(), json_type);
}

reply replace_plan(model& subject, std::string_view body) {
  try {
    fault_plan plan{body};
    const auto rules = std::to_string(plan.size());
    subject.replace_plan(std::move(plan));
    return text_reply(200, R"({"rules":)" + rules + '}', json_type);
  } catch (const bad_plan& problem) {
    return error_reply(400, problem.what());
  }
}

} // namespace

reply administer(model& subject, route where, bool is_post, std::string_view target,
                 std::string_view body) {
  const auto is_read = where == route::stats || where == route::calls;
  if (is_post == is_read)
    return error_reply(405, "Method Not Allowed");
  switch (where) {
  case route::stats:
    return stats(subject, target);
  case route::calls:
    return text_reply(200, subject.counts().journal_json(), json_type);
  case route::faults:
    return replace_plan(subject, body);
  case route::reset:
    subject.reset();
    return text_reply(200, "{}", json_type);
  default:
    return error_reply(404, "Not Found");
  }
}

} // namespace meme::sketch
