#include "actors/generator/providers/model_words.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <boost/algorithm/string/find.hpp>
#include <boost/range/iterator_range.hpp>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "messages/text/redaction.hpp"

namespace meme {

namespace {

constexpr std::size_t max_bytes = 64 * 1'024;
constexpr std::size_t max_text_bytes = 4 * 1'024; // more than anybody quotes

/// Collects the strings below the first member that holds the server's words, and
/// `estimated_time`.
class words_reader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, words_reader> {
public:
  bool Default() { return value_ends(); }

  // Numbers come as they are spelled: RapidJSON 1.1 reads beyond its tables for some exponents.
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    constexpr double day = 86'400; // beyond that it is no estimate, and no number of milliseconds
    double seconds = 0;
    const auto is_read = std::from_chars(data, data + size, seconds).ec == std::errc{};
    if (estimate_follows_ && is_read && seconds >= 0 && seconds <= day)
      words_.estimated_time =
          std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(seconds * 1'000))};
    return value_ends();
  }

  bool String(const char* data, rapidjson::SizeType size, bool) {
    if ((words_follow_ || objects_ == 0) && words_.text.size() < max_text_bytes && size > 0) {
      if (!words_.text.empty())
        words_.text += "; ";
      words_.text.append(data, size);
    }
    return value_ends();
  }

  bool Key(const char* data, rapidjson::SizeType size, bool) {
    const std::string_view name(data, size);
    estimate_follows_ = name == "estimated_time";
    if (words_.text.empty() && !words_follow_
        && (name == "error" || name == "message" || name == "detail")) {
      words_follow_ = true;
      words_depth_ = depth_;
    }
    return true;
  }

  bool StartObject() {
    estimate_follows_ = false;
    ++objects_;
    ++depth_;
    return true;
  }

  bool EndObject(rapidjson::SizeType) {
    --objects_;
    --depth_;
    return value_ends();
  }

  bool StartArray() {
    estimate_follows_ = false;
    ++depth_;
    return true;
  }

  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return value_ends();
  }

  model_words take() { return std::move(words_); }

private:
  bool value_ends() {
    estimate_follows_ = false;
    if (words_follow_ && depth_ == words_depth_)
      words_follow_ = false;
    return true;
  }

  model_words words_;
  std::size_t depth_ = 0;
  std::size_t objects_ = 0;
  std::size_t words_depth_ = 0; // of the object that has the member
  bool words_follow_ = false;
  bool estimate_follows_ = false;
};

model_words read_json(std::string_view body) {
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader reader;
  words_reader handler;
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  reader.Parse<flags>(stream, handler); // cut short: what came so far
  return handler.take();
}

/// No text has these; each type of picture has some within its first bytes.
bool is_binary(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < '\t' || (byte > '\r' && byte < ' ');
}

std::string_view read_title(std::string_view html) {
  const auto find = [](std::string_view text, std::string_view what) {
    return boost::algorithm::ifind_first(text, what);
  };
  const auto opening = find(html, "<title");
  if (opening.empty())
    return "an HTML page";
  html.remove_prefix(static_cast<std::size_t>(opening.end() - html.begin()));
  html.remove_prefix(html.find('>') == html.npos ? html.size() : html.find('>') + 1);
  const auto closing = find(html, "</title");
  return html.substr(0, static_cast<std::size_t>(closing.begin() - html.begin()));
}

/// A text that is no JSON, or none that says anything.
std::string read_text(std::string_view body) {
  const auto start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos)
    return {};
  if (body[start] == '<')
    return std::string(read_title(body));
  return std::string(body.substr(start, max_text_bytes));
}

} // namespace

model_words read_model_words(std::string_view body, std::string_view secret) {
  const auto looked_at = body.substr(0, max_bytes);
  const auto start = looked_at.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || std::any_of(looked_at.begin(), looked_at.end(), is_binary))
    return {};
  const auto first = looked_at[start];
  if (first == '{' || first == '[' || first == '"') {
    auto words = read_json(looked_at);
    words.text = redact(words.text, secret);
    if (!words.text.empty() || words.estimated_time)
      return words;
  }
  // A secret that begins within the bytes that are looked at is masked to its end.
  const auto redacted = redact(body.substr(0, max_bytes + secret.size()), secret);
  return {read_text(std::string_view{redacted}.substr(0, max_bytes)), {}};
}

} // namespace meme
