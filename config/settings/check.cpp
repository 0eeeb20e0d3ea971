#include "config/settings/check.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string_view>
#include <variant>

#include "config/address/redis_url.hpp"
#include "messages/request.hpp"
#include "messages/subjects/subject.hpp"
#include "messages/text/whole_number.hpp"

namespace meme::config {

const bool redis_tls_available = MEME_REDIS_TLS != 0;

namespace check {

namespace {

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

std::string jetstream_name(const std::string& text) {
  return valid_jetstream_name(text) ? "" : "is not such a name";
}

std::string subject(const std::string& text) {
  return valid_reply_subject(text) ? "" : "is not such a subject";
}

std::string subject_filters(const std::string& text) {
  const auto filters = split_subjects(text);
  const auto fine = std::all_of(filters.begin(), filters.end(),
                                [](const auto& each) { return valid_subject_filter(each); });
  return fine ? "" : "is not a list of such subjects";
}

std::string number_or_all(const std::string& text) {
  auto is_number =
      !text.empty() && text.size() < 20 && text.find_first_not_of("0123456789") == text.npos;
  return is_number || text == "all" ? "" : "is neither";
}

/// As nats-server 2.11 checks the names of a consumer's priority groups.
std::string priority_group(const std::string& text) {
  constexpr std::size_t longest = 16;
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0
           || std::string_view{"-_/="}.find(static_cast<char>(c)) != std::string_view::npos;
  };
  const auto well = text.size() <= longest && std::all_of(text.begin(), text.end(), allowed);
  return well ? "" : "is not such a name";
}

std::string nkey(const std::string& text) {
  constexpr std::size_t length = 56;
  const auto base32 = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); };
  const bool fine =
      text.size() == length && text.front() == 'U' && std::all_of(text.begin(), text.end(), base32);
  return text.empty() || fine ? "" : "is not a user's public NKey";
}

std::string redis_tls(const std::string& text) {
  const auto read = parse_redis_url(text);
  const auto* address = std::get_if<redis_address>(&read);
  return address != nullptr && address->tls && !redis_tls_available
             ? "asks for TLS, which takes hiredis 1.0; this program was built with an older one"
             : "";
}

std::string token(const std::string& text) {
  if (text.empty())
    return "is empty";
  if (text.find_first_of("\r\n") != std::string::npos)
    return "contains a line break";
  if (text.find("<hidden>") != std::string::npos)
    return "is what a dump shows in its place";
  if (!std::all_of(text.begin(), text.end(), is_graphic))
    return "contains a space or a character outside printable ASCII";
  return "";
}

std::string seed(const std::string& text) {
  const auto is_digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos
                         && (text.front() != '0' || text.size() == 1);
  return text == "-1" || (is_digits && read_whole_number(text)) ? "" : "is no such number";
}

std::string prompt_template(const std::string& text) {
  return text.find("{prompt}") == std::string::npos ? "does not contain {prompt}" : "";
}

std::string replaced_model(const std::string& text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto old_name = std::string_view{text}.substr(0, equals);
  const auto new_name = std::string_view{text}.substr(std::min(equals + 1, text.size()));
  if (!valid_model_name(old_name) || !valid_model_name(new_name))
    return "holds an entry that is not of this form";
  return old_name == new_name ? "replaces a model with itself" : "";
}

std::string optional_readable_file(const std::string& text) {
  if (text.empty())
    return "";
  std::ifstream file{text};
  return file.peek() == std::ifstream::traits_type::eof() ? "cannot be read, or is empty" : "";
}

std::string not_empty(const std::string& text) {
  return text.empty() ? "is empty" : "";
}

} // namespace check

} // namespace meme::config
