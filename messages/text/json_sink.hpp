#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include <rapidjson/writer.h>

namespace meme::json {

/// Output stream for RapidJSON that appends to a std::string, which saves a copy from the library's
/// buffer.
class string_sink {
public:
  using Ch = char;

  explicit string_sink(std::string& out) : out_(out) {}

  void Put(char c) { out_.push_back(c); }
  void Flush() {}

protected:
  std::string& out_;
};

/// Writes a member's name; its value is to follow.
template <class Writer>
Writer& key(Writer& writer, std::string_view name) {
  writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  return writer;
}

/// Writes a string.
template <class Writer>
void put(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

/// Writes a text, a flag, a decimal number or a whole number that is not negative.
template <class Writer, class Value>
void put_value(Writer& writer, const Value& value) {
  if constexpr (std::is_same_v<Value, bool>)
    writer.Bool(value);
  else if constexpr (std::is_same_v<Value, double>)
    writer.Double(value);
  else if constexpr (std::is_unsigned_v<Value>)
    writer.Uint64(value);
  else
    put(writer, value);
}

} // namespace meme::json
