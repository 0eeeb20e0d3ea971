#include "messages/request.hpp"

#include <array>
#include <charconv>
#include <limits>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "messages/subjects/subject.hpp"
#include "messages/text/utf8.hpp"
#include "messages/text/whole_number.hpp"

namespace meme {

namespace {

enum class field : std::uint8_t {
  id,
  prompt,
  negative_prompt,
  guidance_scale,
  num_inference_steps,
  seed,
  width,
  height,
  fast_mode,
  small_image,
  reply_to,
  unknown,
};

constexpr std::array<std::string_view, 11> field_names = {
    "id",      "prompt", "negative_prompt", "guidance_scale", "num_inference_steps",
    "seed",    "width",  "height",          "fast_mode",      "small_image",
    "reply_to"};

std::string_view name_of(field f) {
  return field_names[static_cast<std::size_t>(f)];
}

field find_field(std::string_view name) {
  std::size_t i = 0;
  while (i < field_names.size() && field_names[i] != name)
    ++i;
  return static_cast<field>(i);
}

std::string number_text(double value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

/// What a field takes, in words: the one message for each way of getting it wrong.
std::string rule_of(field f, const request_limits& limits) {
  const auto whole = [](std::uint64_t from, std::uint64_t to) {
    return "a whole number from " + std::to_string(from) + " to " + std::to_string(to);
  };
  const auto characters = std::to_string(limits.max_prompt_chars) + " characters";
  switch (f) {
  case field::id:
    return "a string of up to " + std::to_string(limits.max_id_chars) + " printable characters";
  case field::prompt:
    return "a string of 1 to " + characters + " without NUL, not all of them white space";
  case field::negative_prompt:
    return "a string of up to " + characters + " without NUL";
  case field::guidance_scale:
    return "a number from 0 to " + number_text(limits.max_guidance);
  case field::num_inference_steps:
    return whole(1, limits.max_steps);
  case field::seed:
    return whole(0, std::numeric_limits<std::uint64_t>::max()) + ", or -1 for any";
  case field::width:
  case field::height:
    return whole(limits.min_side, limits.max_side);
  case field::fast_mode:
  case field::small_image:
    return "true or false";
  case field::reply_to:
    return "a NATS subject of up to 255 bytes without wildcards, that does not begin with $";
  case field::unknown:
    break;
  }
  return "absent";
}

bool is_printable(std::string_view text, std::size_t max_chars) {
  for (std::size_t chars = 0; !text.empty(); ++chars) {
    const auto c = take_code_point(text);
    if (c == invalid_code_point || is_control(c) || chars == max_chars)
      return false;
  }
  return true;
}

/// Code points; each invalid byte counts as one.
std::size_t length_of(std::string_view text) {
  std::size_t chars = 0;
  for (; !text.empty(); ++chars)
    take_code_point(text);
  return chars;
}

/// Whether `text` can be given to a model. The JSON reader lets the escape of a lone low surrogate
/// pass: it shows here as invalid UTF-8.
bool is_prompt(std::string_view text, std::size_t max_chars, bool may_be_blank) {
  bool blank = !may_be_blank;
  for (std::size_t chars = 0; !text.empty(); ++chars) {
    const auto c = take_code_point(text);
    if (c == invalid_code_point || c == 0 || chars == max_chars)
      return false;
    blank = blank && is_space(c);
  }
  return !blank;
}

/// Takes the events of the JSON reader. Only values that stand directly in the top-level object
/// matter; what is deeper is counted for the depth limit and dropped.
class request_reader {
public:
  explicit request_reader(const request_limits& limits) : limits_(limits) {}

  bool Null() { return depth_ > 0; }

  bool Bool(bool value) {
    if (depth_ != 1)
      return depth_ > 1;
    if (field_ == field::fast_mode)
      request_.fast_mode = value;
    else if (field_ == field::small_image)
      request_.small_image = value;
    else
      refuse();
    return true;
  }

  // Numbers come as they are spelled, and are read by the standard library: RapidJSON 1.1 reads
  // beyond its tables for 0.000…1 with some hundred zeros (kParseFullPrecisionFlag), or rounds
  // wrongly (without).
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    if (depth_ == 1)
      take_number({data, size});
    return depth_ > 0;
  }

  // Not called, since numbers come as they are spelled.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  bool String(const char* data, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return depth_ > 1;
    const std::string_view text(data, size);
    switch (field_) {
    case field::id:
      take_text(is_printable(text, limits_.max_id_chars), text, request_.id);
      break;
    case field::prompt:
      take_prompt(text, false, request_.prompt);
      break;
    case field::negative_prompt:
      take_prompt(text, true, request_.negative_prompt.emplace());
      break;
    case field::reply_to:
      take_text(text.empty() || valid_reply_subject(text), text, request_.reply_to);
      break;
    default:
      refuse();
    }
    return true;
  }

  bool Key(const char* data, rapidjson::SizeType size, bool) {
    if (depth_ != 1)
      return true;
    field_ = find_field({data, size});
    if (field_ == field::unknown)
      return true;
    const auto bit = 1U << static_cast<unsigned>(field_);
    if ((seen_ & bit) != 0) {
      if (!fault_)
        fault_ = fault{field_, true};
      field_ = field::unknown; // the first value stands, for the sake of the id
    }
    seen_ |= bit;
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
  struct fault {
    field where;
    bool given_twice;
    std::size_t chars = 0; ///< of a prompt
  };

  void refuse() {
    if (field_ != field::unknown && !fault_)
      fault_ = fault{field_, false};
  }

  void take_number(std::string_view spelling) {
    switch (field_) {
    case field::guidance_scale:
      take_guidance(spelling);
      break;
    case field::num_inference_steps:
      take_whole(spelling, 1, limits_.max_steps, request_.num_inference_steps);
      break;
    case field::seed:
      take_seed(spelling);
      break;
    case field::width:
      take_whole(spelling, limits_.min_side, limits_.max_side, request_.width);
      break;
    case field::height:
      take_whole(spelling, limits_.min_side, limits_.max_side, request_.height);
      break;
    default:
      refuse();
    }
  }

  void take_guidance(std::string_view spelling) {
    double value = 0;
    const auto* end = spelling.data() + spelling.size();
    if (std::from_chars(spelling.data(), end, value).ec == std::errc{} && value >= 0
        && value <= limits_.max_guidance)
      request_.guidance_scale = value + 0.0; // makes -0 a 0
    else
      refuse();
  }

  /// -1 is how Stable Diffusion's user interfaces ask for any seed: the same as no seed.
  void take_seed(std::string_view spelling) {
    const auto is_negative = spelling.front() == '-';
    if (is_negative && read_whole_number(spelling.substr(1)) == std::uint64_t{1})
      return;
    take_whole(spelling, 0, std::numeric_limits<std::uint64_t>::max(), request_.seed);
  }

  template <class Int>
  void take_whole(std::string_view spelling, std::uint64_t from, std::uint64_t to,
                  std::optional<Int>& target) {
    const auto value = read_whole_number(spelling);
    if (value && *value >= from && *value <= to)
      target = static_cast<Int>(*value);
    else
      refuse();
  }

  void take_prompt(std::string_view text, bool may_be_blank, std::string& target) {
    const auto had_fault = fault_.has_value();
    take_text(is_prompt(text, limits_.max_prompt_chars, may_be_blank), text, target);
    if (!had_fault && fault_)
      fault_->chars = length_of(text);
  }

  void take_text(bool valid, std::string_view text, std::string& target) {
    if (valid)
      target = text;
    else
      refuse();
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
        && field_ != field::unknown)
      return rule_error({field_, false});
    if (parsed.IsError()) {
      std::string reason = rapidjson::GetParseError_En(parsed.Code());
      reason.erase(reason.find_last_not_of('.') + 1);
      return "not JSON: " + reason + " (at byte " + std::to_string(parsed.Offset()) + ")";
    }
    if (too_deep_)
      return "nested deeper than " + std::to_string(limits_.max_depth) + " levels";
    if (fault_)
      return rule_error(*fault_);
    if (request_.prompt.empty())
      return "prompt is missing: it must be " + rule_of(field::prompt, limits_);
    return {};
  }

  std::string rule_error(fault f) const {
    const std::string name(name_of(f.where));
    if (f.given_twice)
      return name + " is given twice";
    auto text = name + " must be " + rule_of(f.where, limits_);
    if (f.chars > limits_.max_prompt_chars)
      text += "; it has " + std::to_string(f.chars);
    return text;
  }

  const request_limits& limits_;
  meme_request request_;
  std::optional<fault> fault_;
  std::size_t depth_ = 0;
  std::uint32_t seen_ = 0; // one bit for each field
  field field_ = field::unknown;
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

bool valid_request_id(std::string_view id, const request_limits& limits) {
  return !id.empty() && is_printable(id, limits.max_id_chars);
}

} // namespace meme
