#include "sketch-server/json.hpp"

#include <algorithm>

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace meme::sketch {

namespace {

using buffer = rapidjson::StringBuffer;

std::string content(const buffer& from) {
  return {from.GetString(), from.GetSize()};
}

struct number_check : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, number_check> {
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    constexpr std::size_t most = 4 + 2; // with the letter and a sign
    const std::string_view spelling(data, size);
    return spelling.size() - std::min(spelling.find_first_of("eE"), spelling.size()) <= most;
  }
};

} // namespace

bool has_long_exponent(std::string_view text) {
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  number_check handler;
  return reader.Parse<flags>(stream, handler).Code() == rapidjson::kParseErrorTermination;
}

std::string json_text(const rapidjson::Value& value) {
  buffer target;
  rapidjson::Writer<buffer> writer{target};
  value.Accept(writer);
  return content(target);
}

std::string error_json(std::string_view reason) {
  buffer target;
  rapidjson::Writer<buffer> writer{target};
  writer.StartObject();
  writer.Key("error");
  writer.String(reason.data(), static_cast<rapidjson::SizeType>(reason.size()));
  writer.EndObject();
  return content(target);
}

} // namespace meme::sketch
