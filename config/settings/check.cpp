#include "config/settings/check.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string_view>

#include "config/address/redis_url.hpp"
#include "messages/request.hpp"
#include "messages/subjects/subject.hpp"
#include "messages/text/whole_number.hpp"

namespace meme::config {

const bool redis_tls_available = MEME_REDIS_TLS != 0;

namespace check {

namespace {

error unless(bool fine, const char* reason) {
  return fine ? error{} : malformed(reason);
}

bool is_graphic(char c) {
  return c > ' ' && c < '\x7f';
}

bool valid_model_name(std::string_view name) {
  const auto fine = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || std::string_view{"._-/"}.find(c) != std::string_view::npos;
  };
  return !name.empty() && name.front() != '/' && name.back() != '/'
         && std::count(name.begin(), name.end(), '/') <= 1
         && std::all_of(name.begin(), name.end(), fine);
}

} // namespace

error jetstream_name(const std::string& text) {
  return unless(valid_jetstream_name(text), "is not such a name");
}

error subject(const std::string& text) {
  return unless(valid_reply_subject(text), "is not such a subject");
}

error subject_filters(const std::string& text) {
  const auto filters = split_subjects(text);
  const auto fine = std::all_of(filters.begin(), filters.end(),
                                [](const auto& each) { return valid_subject_filter(each); });
  return unless(fine, "is not a list of such subjects");
}

error number_or_all(const std::string& text) {
  auto is_number =
      !text.empty() && text.size() < 20 && text.find_first_not_of("0123456789") == text.npos;
  return unless(is_number || text == "all", "is neither");
}

/// As nats-server 2.11 checks the names of a consumer's priority groups.
error priority_group(const std::string& text) {
  constexpr std::size_t longest = 16;
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0
           || std::string_view{"-_/="}.find(static_cast<char>(c)) != std::string_view::npos;
  };
  const auto well = text.size() <= longest && std::all_of(text.begin(), text.end(), allowed);
  return unless(well, "is not such a name");
}

error nkey(const std::string& text) {
  constexpr std::size_t length = 56;
  const auto base32 = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); };
  const bool fine =
      text.size() == length && text.front() == 'U' && std::all_of(text.begin(), text.end(), base32);
  return unless(text.empty() || fine, "is not a user's public NKey");
}

error redis_tls(const std::string& text) {
  const auto address = parse_redis_url(text);
  if (!address || !address->tls || redis_tls_available)
    return {};
  return {error_kind::refused,
          "asks for TLS, which takes hiredis 1.0; this program was built with an older one"};
}

error token(const std::string& text) {
  if (text.empty())
    return malformed("is empty");
  if (text.find_first_of("\r\n") != std::string::npos)
    return malformed("contains a line break");
  if (text.find("<hidden>") != std::string::npos)
    return malformed("is what a dump shows in its place");
  if (!std::all_of(text.begin(), text.end(), is_graphic))
    return malformed("contains a space or a character outside printable ASCII");
  return {};
}

error seed(const std::string& text) {
  const auto is_digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos
                         && (text.front() != '0' || text.size() == 1);
  return unless(text == "-1" || (is_digits && read_whole_number(text)), "is no such number");
}

error prompt_template(const std::string& text) {
  return unless(text.find("{prompt}") != std::string::npos, "does not contain {prompt}");
}

error replaced_model(const std::string& text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto old_name = std::string_view{text}.substr(0, equals);
  const auto new_name = std::string_view{text}.substr(std::min(equals + 1, text.size()));
  if (!valid_model_name(old_name) || !valid_model_name(new_name))
    return malformed("holds an entry that is not of this form");
  return unless(old_name != new_name, "replaces a model with itself");
}

error optional_readable_file(const std::string& text) {
  if (text.empty())
    return {};
  std::ifstream file{text};
  return unless(file.peek() != std::ifstream::traits_type::eof(), "cannot be read, or is empty");
}

error not_empty(const std::string& text) {
  return unless(!text.empty(), "is empty");
}

} // namespace check

} // namespace meme::config
