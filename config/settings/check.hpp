#pragma once

#include <string>

#include "messages/error.hpp"

namespace meme::config {

/// Whether rediss:// can be served: it takes the `hiredis_ssl` of hiredis 1.0, which Debian 12 does
/// not have.
extern const bool redis_tls_available;

/// What a text setting has to be. Each returns why `text` is refused, a verb and what follows; none
/// of them quotes `text`.
namespace check {

error jetstream_name(const std::string& text);
error priority_group(const std::string& text);
error subject(const std::string& text);
error subject_filters(const std::string& text);
error number_or_all(const std::string& text);
error nkey(const std::string& text);
error redis_tls(const std::string& text);
error token(const std::string& text);
error seed(const std::string& text);
error prompt_template(const std::string& text);
error replaced_model(const std::string& text);
error optional_readable_file(const std::string& text);
error not_empty(const std::string& text);

} // namespace check

} // namespace meme::config
