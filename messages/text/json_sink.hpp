#pragma once

#include <string>
#include <string_view>

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

} // namespace meme::json
