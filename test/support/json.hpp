#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <rapidjson/document.h>

namespace meme::test {

/// A JSON document read by JSON pointers (RFC 6901), e.g. `/state/messages`. A missing value, or
/// one of another type, throws std::runtime_error that quotes the document.
class json {
public:
  explicit json(std::string_view text);

  const std::string& source() const { return source_; }
  bool has(const char* pointer) const;
  std::string text(const char* pointer) const;
  std::int64_t integer(const char* pointer) const;
  double number(const char* pointer) const;
  bool flag(const char* pointer) const;
  std::size_t size(const char* pointer) const; ///< of an array or object

private:
  const rapidjson::Value& at(const char* pointer) const;
  [[noreturn]] void fail(const char* pointer, const char* problem) const;

  std::string source_;
  rapidjson::Document document_;
};

/// `text` as a JSON string with its quotes.
std::string json_string(std::string_view text);

} // namespace meme::test
