// For hiredis 0.14, which has no TLS. The configuration refuses rediss:// before this is called.
#include <stdexcept>

#include "actors/io/redis/redis_tls.hpp"

namespace meme::io {

redis_tls::redis_tls(const std::string&) {
  throw std::runtime_error("rediss:// needs hiredis 1.0, this program was built with an older one");
}

redis_tls::~redis_tls() = default;

std::string redis_tls::begin(redisAsyncContext&, const std::string&) {
  return "no TLS";
}

std::string redis_tls::refusal() const {
  return {};
}

} // namespace meme::io
