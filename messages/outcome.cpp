#include "messages/outcome.hpp"

#include <rapidjson/writer.h>

#include "messages/json_sink.hpp"
#include "messages/utf8.hpp"

namespace meme {

namespace {

constexpr std::size_t max_error_chars = 1'000;

/// Where a result is written to: here it is only measured.
class counting_sink {
public:
  using Ch = char;

  void Put(char) { ++size_; }
  void Flush() {}
  void append(std::string_view text) { size_ += text.size(); }
  std::size_t size() const { return size_; }

private:
  std::size_t size_ = 0;
};

class result_sink : public json::string_sink {
public:
  using string_sink::string_sink;

  void append(std::string_view text) { out_ += text; }
};

template <class Sink>
void write_result(Sink& sink, const answer_header& header, const success& result) {
  rapidjson::Writer<Sink> writer(sink);
  writer.StartObject();
  json::put(json::key(writer, "request_id"), header.request_id);
  json::key(writer, "image_data");
  // The writer opens the string and counts it as a value; what is in it bypasses the writer.
  writer.RawValue("\"", 1, rapidjson::kStringType);
  sink.append(result.picture->base64);
  sink.Put('"');
  json::put(json::key(writer, "prompt"), header.prompt);
  json::key(writer, "timestamp").Int64(header.timestamp_s);
  json::put(json::key(writer, "content_type"), content_type(result.picture->type));
  json::key(writer, "cached").Bool(result.cached);
  json::put(json::key(writer, "model"), result.model);
  json::key(writer, "duration_ms").Int64(header.duration_ms);
  writer.EndObject();
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

std::string encode_result(const answer_header& header, const success& result) {
  std::string out;
  out.reserve(largest_result_size(header, result));
  result_sink sink(out);
  write_result(sink, header, result);
  return out;
}

std::size_t encoded_result_size(const answer_header& header, const success& result) {
  counting_sink sink;
  write_result(sink, header, result);
  return sink.size();
}

std::size_t largest_result_size(const answer_header& header, const success& result) {
  constexpr std::size_t names_and_numbers = 256;
  constexpr std::size_t escaped = 6; // \u001f
  const auto texts = header.request_id.size() + header.prompt.size() + result.model.size();
  return names_and_numbers + escaped * texts + result.picture->base64.size();
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
