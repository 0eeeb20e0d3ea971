#include "messages/request.hpp"

#include <array>
#include <optional>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/writer.h>

#include "messages/text/json_sink.hpp"

namespace meme {

namespace {

constexpr auto field_count = std::tuple_size_v<decltype(request_fields)>;
constexpr std::size_t unknown_field = field_count;

constexpr auto field_names =
    std::apply([](const auto&... field) { return std::array{field.name...}; }, request_fields);

/// The row of that name, counted from 0; `unknown_field` if there is none.
std::size_t find_field(std::string_view name) {
  std::size_t i = 0;
  while (i < field_count && field_names[i] != name)
    ++i;
  return i;
}

/// Calls `visit(field)` for the row at `index`.
template <class Visitor>
void visit_field(std::size_t index, const Visitor& visit) {
  std::size_t i = 0;
  for_each_field([&](const auto& field) {
    if (i++ == index)
      visit(field);
  });
}

/// What the error says besides the rule.
template <class Rule>
std::string note_of(const Rule&, const json_value&, const request_limits&) {
  return {};
}

std::string note_of(const prompt_rule& rule, const json_value& value,
                    const request_limits& limits) {
  return rule.note(value, limits);
}

/// Takes the events of the JSON reader. Only values that stand directly in the top-level object
/// matter; what is deeper is counted for the depth limit and dropped.
class request_reader {
public:
  explicit request_reader(const request_limits& limits) : limits_(limits) {}

  bool Null() { return depth_ > 0; }

  bool Bool(bool value) {
    if (depth_ == 1)
      take(value);
    return depth_ > 0;
  }

  // Numbers come as they are spelled, and are read by the standard library: RapidJSON 1.1 reads
  // beyond its tables for 0.000…1 with some hundred zeros (kParseFullPrecisionFlag), or rounds
  // wrongly (without).
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    if (depth_ == 1)
      take(json_number{{data, size}});
    return depth_ > 0;
  }

  // Not called, since numbers come as they are spelled.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  bool String(const char* data, rapidjson::SizeType size, bool) {
    if (depth_ == 1)
      take(std::string_view{data, size});
    return depth_ > 0;
  }

  bool Key(const char* data, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return true;
    field_ = find_field({data, size});
    if (field_ == unknown_field)
      return true;
    auto& seen = seen_[field_];
    if (seen) {
      if (error_.empty())
        error_ = std::string{field_names[field_]} + " is given twice";
      field_ = unknown_field; // the first value stands, for the sake of the id
    }
    seen = true;
    return true;
  }

  bool StartObject() {
    if (depth_ == 1)
      refuse();
    return enter();
  }

  bool StartArray() {
    if (depth_ == 0)
      return false;
    if (depth_ == 1)
      refuse();
    return enter();
  }

  bool EndObject(rapidjson::SizeType) { return leave(); }
  bool EndArray(rapidjson::SizeType) { return leave(); }

  std::variant<meme_request, bad_request> finish(std::string_view json,
                                                 const rapidjson::ParseResult& parsed) {
    auto error = find_error(json, parsed);
    if (error.empty())
      return std::move(request_);
    return bad_request{std::move(request_.id), std::move(error), std::move(request_.reply_to)};
  }

private:
  void take(const json_value& value) {
    visit_field(field_, [&](const auto& field) {
      if (!field.rule.take(value, limits_, value_of(field, request_)))
        refuse(note_of(field.rule, value, limits_));
    });
  }

  /// The first field at fault is the one that the client is told of.
  void refuse(const std::string& note = {}) {
    if (field_ != unknown_field && error_.empty())
      error_ = rule_error(field_) + note;
  }

  // Reading goes on beyond the depth limit, since the id may still come. The reader keeps its
  // place in heap memory, a few bytes a level.
  bool enter() {
    too_deep_ |= ++depth_ > limits_.max_depth;
    return true;
  }

  bool leave() {
    --depth_;
    return true;
  }

  std::string find_error(std::string_view json, const rapidjson::ParseResult& parsed) const {
    if (const auto nul = json.find('\0'); nul != std::string_view::npos)
      return "not JSON: NUL at byte " + std::to_string(nul);
    if (parsed.Code() == rapidjson::kParseErrorTermination)
      return "the request must be a JSON object";
    if (parsed.Code() == rapidjson::kParseErrorNumberTooBig && depth_ == 1
        && field_ != unknown_field)
      return rule_error(field_);
    if (parsed.IsError()) {
      std::string reason = rapidjson::GetParseError_En(parsed.Code());
      reason.erase(reason.find_last_not_of('.') + 1);
      return "not JSON: " + reason + " (at byte " + std::to_string(parsed.Offset()) + ")";
    }
    if (too_deep_)
      return "nested deeper than " + std::to_string(limits_.max_depth) + " levels";
    if (!error_.empty())
      return error_;
    if (request_.prompt.empty())
      return "prompt is missing: it must be " + words_of(find_field("prompt"));
    return {};
  }

  /// What a field takes, in words: the one message for each way of getting it wrong.
  std::string words_of(std::size_t index) const {
    std::string words;
    visit_field(index, [&](const auto& field) { words = field.rule.words(limits_); });
    return words;
  }

  std::string rule_error(std::size_t index) const {
    return std::string{field_names[index]} + " must be " + words_of(index);
  }

  const request_limits& limits_;
  meme_request request_;
  std::string error_; ///< of the first field at fault; empty: none so far
  std::size_t depth_ = 0;
  std::array<bool, field_count> seen_{};
  std::size_t field_ = unknown_field; ///< whose value comes next, or is being read
  bool too_deep_ = false;
};

} // namespace

std::variant<meme_request, bad_request> parse_request(std::string_view json,
                                                      const request_limits& limits) {
  if (json.size() > limits.max_bytes)
    return bad_request{{},
                       "the request has " + std::to_string(json.size())
                           + " bytes, more than the limit of " + std::to_string(limits.max_bytes),
                       {},
                       error_code::request_too_large};
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag
                             | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::CrtAllocator allocator;
  rapidjson::Reader reader(&allocator);
  request_reader handler(limits);
  const auto parsed = reader.Parse<flags>(stream, handler);
  return handler.finish(json, parsed);
}

std::string encode_request(const meme_request& request) {
  std::string out;
  json::string_sink sink(out);
  rapidjson::Writer<json::string_sink> writer(sink);
  writer.StartObject();
  for_each_field([&](const auto& field) {
    const auto& value = value_of(field, request);
    using value_type = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<value_type, bool>)
      json::put_value(json::key(writer, field.name), value);
    else if constexpr (std::is_same_v<value_type, std::string>) {
      if (!value.empty())
        json::put_value(json::key(writer, field.name), value);
    } else if (value) {
      json::put_value(json::key(writer, field.name), *value);
    }
  });
  writer.EndObject();
  return out;
}

bool valid_request_id(std::string_view id, const request_limits& limits) {
  return !id.empty() && is_printable(id, limits.max_id_chars);
}

} // namespace meme
