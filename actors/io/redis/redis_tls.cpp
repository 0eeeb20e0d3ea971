#include "actors/io/redis/redis_tls.hpp"

#include <arpa/inet.h>

#include <new>
#include <stdexcept>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

extern "C" {
#include <hiredis/async.h>
#include <hiredis/hiredis_ssl.h>
}

namespace meme::io {

namespace {

bool is_address(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, host.c_str(), buffer) == 1
         || ::inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

/// Why a server's certificate was refused; empty where it was not.
std::string refusal_of(const SSL* session) {
  const auto result = SSL_get_verify_result(session);
  if (result == X509_V_OK)
    return {};
  return std::string{"its certificate is refused: "} + X509_verify_cert_error_string(result);
}

} // namespace

redis_tls::redis_tls(const std::string& ca_file) : trust_(SSL_CTX_new(TLS_client_method())) {
  if (trust_ == nullptr)
    throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(trust_, TLS1_2_VERSION);
  SSL_CTX_set_verify(trust_, SSL_VERIFY_PEER, nullptr);
  const auto loaded = ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(trust_)
                          : SSL_CTX_load_verify_locations(trust_, ca_file.c_str(), nullptr);
  if (loaded == 1)
    return;
  SSL_CTX_free(trust_);
  throw std::runtime_error("cache.ca-file: holds no certificates in PEM");
}

redis_tls::~redis_tls() {
  SSL_CTX_free(trust_);
}

std::string redis_tls::begin(redisAsyncContext& context, const std::string& host) {
  session_ = nullptr;
  auto* session = SSL_new(trust_);
  if (session == nullptr)
    throw std::bad_alloc();
  // hiredis checks only the chain: it would accept any certificate of a trusted authority.
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  auto fine = SSL_set1_host(session, host.c_str()) == 1; // knows addresses too
  if (!is_address(host))
    fine = fine && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
  if (fine && redisInitiateSSL(&context.c, session) == REDIS_OK) {
    session_ = session;
    return {};
  }
  // If the server answers at once, its certificate has already been checked.
  auto why = refusal_of(session);
  SSL_free(session);
  if (!why.empty())
    return why;
  return context.c.err != 0 ? context.c.errstr : "TLS cannot be begun";
}

std::string redis_tls::refusal() const {
  return session_ == nullptr ? std::string{} : refusal_of(session_);
}

} // namespace meme::io
