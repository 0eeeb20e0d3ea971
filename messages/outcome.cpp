#include "messages/outcome.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "messages/text/json_sink.hpp"
#include "messages/text/utf8.hpp"

namespace meme {

namespace {

constexpr std::size_t max_error_chars = 1'000;

/// A result but for the picture, and where in it the picture belongs.
struct frame {
  rapidjson::StringBuffer text;
  std::size_t hole = 0;

  std::string_view head() const { return {text.GetString(), hole}; }
  std::string_view tail() const { return {text.GetString() + hole, text.GetSize() - hole}; }
};

frame make_frame(const answer_header& header, const success& result) {
  frame made;
  rapidjson::Writer<rapidjson::StringBuffer> writer(made.text);
  writer.StartObject();
  json::put(json::key(writer, "request_id"), header.request_id);
  json::put(json::key(writer, "image_data"), "");
  made.hole = made.text.GetSize() - 1; // between the quotes: base64 needs no escaping
  json::put(json::key(writer, "prompt"), header.prompt);
  json::key(writer, "timestamp").Int64(header.timestamp_s);
  json::put(json::key(writer, "content_type"), content_type(result.picture->type));
  json::key(writer, "cached").Bool(result.cached);
  json::put(json::key(writer, "model"), result.model);
  json::key(writer, "duration_ms").Int64(header.duration_ms);
  writer.EndObject();
  return made;
}

} // namespace

std::string_view to_string(error_code code) {
  switch (code) {
  case error_code::bad_request:
    return "bad_request";
  case error_code::request_too_large:
    return "request_too_large";
  case error_code::model_rejected:
    return "model_rejected";
  case error_code::model_not_found:
    return "model_not_found";
  case error_code::model_unauthorized:
    return "model_unauthorized";
  case error_code::model_overloaded:
    return "model_overloaded";
  case error_code::model_unavailable:
    return "model_unavailable";
  case error_code::model_timeout:
    return "model_timeout";
  case error_code::invalid_picture:
    return "invalid_picture";
  case error_code::image_too_large:
    return "image_too_large";
  case error_code::attempts_exhausted:
    return "attempts_exhausted";
  case error_code::internal:
    break;
  }
  return "internal";
}

std::vector<error_code> all_error_codes() {
  std::vector<error_code> codes;
  for (auto i = 0; i <= static_cast<int>(error_code::internal); ++i)
    codes.push_back(static_cast<error_code>(i));
  return codes;
}

std::string encode_result(const answer_header& header, const success& result) {
  const auto made = make_frame(header, result);
  const auto& picture = result.picture->base64;
  std::string out;
  out.reserve(made.text.GetSize() + picture.size());
  return out.append(made.head()).append(picture).append(made.tail());
}

std::size_t encoded_result_size(const answer_header& header, const success& result) {
  return make_frame(header, result).text.GetSize() + result.picture->base64.size();
}

std::string encode_error(const answer_header& header, const failure& reason) {
  std::string out;
  json::string_sink sink(out);
  rapidjson::Writer<json::string_sink> writer(sink);
  writer.StartObject();
  json::put(json::key(writer, "request_id"), header.request_id);
  json::put(json::key(writer, "error"), clean_text(reason.text, max_error_chars));
  json::key(writer, "timestamp").Int64(header.timestamp_s);
  json::put(json::key(writer, "code"), to_string(reason.code));
  json::key(writer, "attempts").Uint64(header.attempts);
  json::key(writer, "duration_ms").Int64(header.duration_ms);
  writer.EndObject();
  return out;
}

} // namespace meme
