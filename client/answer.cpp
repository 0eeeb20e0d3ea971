#include "client/answer.hpp"

#include <algorithm>
#include <limits>

#include "messages/text/json_document.hpp"
#include <openssl/evp.h>

namespace meme::client {

namespace {

using json_object = rapidjson::Value;

std::string text_field(const json_object& object, const char* name) {
  const auto field = object.FindMember(name);
  if (field == object.MemberEnd() || !field->value.IsString())
    return {};
  return {field->value.GetString(), field->value.GetStringLength()};
}

} // namespace

expected<std::string> decode_base64(std::string_view text) {
  const auto digits = std::min(text.find('='), text.size());
  const auto padding = text.size() - digits;
  if (text.size() % 4 != 0 || text.size() > std::numeric_limits<int>::max() || padding > 2
      || text.find_first_not_of('=', digits) != text.npos)
    return malformed("is not base64");
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
  if (written < 0)
    return malformed("is not base64");
  // OpenSSL counts the padding as data.
  bytes.resize(static_cast<std::size_t>(written) - padding);
  return bytes;
}

expected<answer> parse_answer(std::string_view text) {
  const auto document = json::read_document(text);
  if (!document.IsObject())
    return malformed("is no JSON object");
  answer result;
  result.request_id = text_field(document, "request_id");
  result.model = text_field(document, "model");
  result.error = text_field(document, "error");
  result.code = text_field(document, "code");
  if (const auto field = document.FindMember("cached"); field != document.MemberEnd())
    result.cached = field->value.IsTrue();
  if (const auto field = document.FindMember("duration_ms");
      field != document.MemberEnd() && field->value.IsInt64())
    result.duration_ms = field->value.GetInt64();
  if (!result.error.empty())
    return result;
  auto image = decode_base64(text_field(document, "image_data"));
  if (!image)
    return error{error_kind::malformed, "has a picture that cannot be decoded", image.error()};
  if (image->empty())
    return malformed("has neither a picture nor an error");
  result.image = std::move(*image);
  return result;
}

} // namespace meme::client
