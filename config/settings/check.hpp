#pragma once

#include <string>

namespace meme::config {

/// Whether rediss:// can be served: it takes the `hiredis_ssl` of hiredis 1.0, which Debian 12 does
/// not have.
extern const bool redis_tls_available;

/// What a text setting has to be. Each returns why `text` is refused, a verb and what follows, or
/// nothing where it is fine; none of them quotes `text`.
namespace check {

std::string jetstream_name(const std::string& text);
std::string priority_group(const std::string& text);
std::string subject(const std::string& text);
std::string subject_filters(const std::string& text);
std::string number_or_all(const std::string& text);
std::string nkey(const std::string& text);
std::string redis_tls(const std::string& text);
std::string token(const std::string& text);
std::string seed(const std::string& text);
std::string prompt_template(const std::string& text);
std::string replaced_model(const std::string& text);
std::string optional_readable_file(const std::string& text);
std::string not_empty(const std::string& text);

} // namespace check

} // namespace meme::config
