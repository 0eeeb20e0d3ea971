#include "messages/text/json_document.hpp"

#include <algorithm>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace meme::json {

namespace {

/// Checks only the spelling of the numbers.
struct number_check : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, number_check> {
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    const std::string_view spelling(data, size);
    const auto exponent = spelling.substr(std::min(spelling.find_first_of("eE"), spelling.size()));
    return exponent.size() <= max_exponent_digits + 2; // the letter and a sign
  }
};

bool numbers_can_be_computed(std::string_view text) {
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  number_check handler;
  return !reader.Parse<flags>(stream, handler).IsError();
}

} // namespace

rapidjson::Document read_document(std::string_view text) {
  rapidjson::Document document;
  if (!numbers_can_be_computed(text))
    return document;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (document.HasParseError())
    document.SetNull();
  return document;
}

} // namespace meme::json
