#pragma once

#include <memory>
#include <string>

struct redisAsyncContext;
struct ssl_ctx_st;
struct ssl_st;

namespace meme::io {

/// TLS for connections to Redis. The server's chain must end in `ca_file`, or else in the system's
/// certificates, and the certificate must be for the host.
///
/// It needs the hiredis_ssl of hiredis 1.0; a build without it has no such object.
class redis_tls {
public:
  /// Throws std::runtime_error if the file has no certificates.
  explicit redis_tls(const std::string& ca_file);
  ~redis_tls(); // NOLINT(performance-trivially-destructible): with TLS it has work to do
  redis_tls(const redis_tls&) = delete;
  redis_tls& operator=(const redis_tls&) = delete;

  /// Call it when the context has begun to connect; commands wait for the handshake.
  /// Returns why it is not possible, or nothing.
  std::string begin(redisAsyncContext& context, const std::string& host);

  /// Why the last connection's certificate was refused, or nothing. The context must still exist.
  std::string refusal() const;

private:
  // Unused in a build without TLS.
  [[maybe_unused]] ssl_ctx_st* trust_ = nullptr;
  [[maybe_unused]] ssl_st* session_ = nullptr; ///< the context's
};

} // namespace meme::io
