#pragma once

#include <string>

namespace meme::test {

struct http_response {
  long status = 0; ///< 0: nobody answered
  std::string content_type;
  std::string body;
};

http_response http_get(const std::string& url);
http_response http_post(const std::string& url, const std::string& body);

} // namespace meme::test
