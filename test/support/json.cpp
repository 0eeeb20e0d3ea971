#include "test/support/json.hpp"

#include <stdexcept>

#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace meme::test {

json::json(std::string_view text) : source_{text} {
  document_.Parse(source_.data(), source_.size());
  if (document_.HasParseError())
    fail("", "not JSON");
}

bool json::has(const char* pointer) const {
  return rapidjson::Pointer{pointer}.Get(document_) != nullptr;
}

std::string json::text(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsString())
    fail(pointer, "not a string");
  return {value.GetString(), value.GetStringLength()};
}

std::int64_t json::integer(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsInt64())
    fail(pointer, "not an integer");
  return value.GetInt64();
}

double json::number(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsNumber())
    fail(pointer, "not a number");
  return value.GetDouble();
}

bool json::flag(const char* pointer) const {
  const auto& value = at(pointer);
  if (!value.IsBool())
    fail(pointer, "not true or false");
  return value.GetBool();
}

std::size_t json::size(const char* pointer) const {
  const auto& value = at(pointer);
  if (value.IsArray())
    return value.Size();
  if (value.IsObject())
    return value.MemberCount();
  fail(pointer, "neither array nor object");
}

const rapidjson::Value& json::at(const char* pointer) const {
  const auto* value = rapidjson::Pointer{pointer}.Get(document_);
  if (value == nullptr)
    fail(pointer, "missing");
  return *value;
}

void json::fail(const char* pointer, const char* problem) const {
  constexpr std::size_t shown = 500;
  throw std::runtime_error{std::string{pointer} + ": " + problem + " in "
                           + source_.substr(0, shown)};
}

std::string json_string(std::string_view text) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  return buffer.GetString();
}

} // namespace meme::test
