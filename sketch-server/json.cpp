#include "sketch-server/json.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace meme::sketch {

namespace {

using buffer = rapidjson::StringBuffer;

std::string content(const buffer& from) {
  return {from.GetString(), from.GetSize()};
}

} // namespace

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
