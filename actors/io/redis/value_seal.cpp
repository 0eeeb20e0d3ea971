#include "actors/io/redis/value_seal.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <new>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace meme::io {

namespace {

constexpr std::string_view magic = "MEMESIG1";
constexpr std::size_t tag_size = 32;
constexpr std::size_t min_secret = 32;
constexpr std::size_t max_secret = 1'024;
constexpr std::size_t max_secrets = 16;

[[noreturn]] void refuse(const std::string& reason) {
  throw std::runtime_error("cache.key-file: " + reason);
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_space(line.front()))
    line.remove_prefix(1);
  while (!line.empty() && is_space(line.back()))
    line.remove_suffix(1);
  return line;
}

void check_access(const std::string& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0)
    refuse("cannot be read");
  if ((about.st_mode & S_IRWXO) != 0)
    refuse("is open to all users of the machine: chmod 640 or less (in Kubernetes, the volume's "
           "defaultMode: 0440)");
}

void check_secret(std::string_view secret, std::size_t line) {
  const auto place = "line " + std::to_string(line);
  if (secret.size() < min_secret)
    refuse(place + " has " + std::to_string(secret.size()) + " characters, a key has at least "
           + std::to_string(min_secret) + " (openssl rand -hex 32)");
  if (secret.size() > max_secret)
    refuse(place + " has more than " + std::to_string(max_secret) + " characters");
  if (!std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c < '\x7f'; }))
    refuse(place + " has a space or a character outside printable ASCII");
}

void update(EVP_MAC_CTX* context, std::string_view text) {
  if (EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(text.data()), text.size())
      != 1)
    throw std::runtime_error("HMAC-SHA-256 failed");
}

} // namespace

void value_seal::context_deleter::operator()(evp_mac_ctx_st* context) const noexcept {
  EVP_MAC_CTX_free(context);
}

value_seal::value_seal(const std::string& file) {
  check_access(file);
  std::ifstream lines{file};
  if (!lines)
    refuse("cannot be read");
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto secret = trimmed(line);
    if (secret.empty())
      continue;
    check_secret(secret, number);
    if (keys_.size() == max_secrets)
      refuse("has more than " + std::to_string(max_secrets) + " keys");
    keys_.push_back(prepare(secret));
  }
  if (keys_.empty())
    refuse("has no key");
}

value_seal::context_ptr value_seal::prepare(std::string_view secret) {
  auto* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  context_ptr result{algorithm == nullptr ? nullptr : EVP_MAC_CTX_new(algorithm)};
  EVP_MAC_free(algorithm); // the context has a reference of its own
  if (result == nullptr)
    throw std::bad_alloc();
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(result.get(), reinterpret_cast<const unsigned char*>(secret.data()),
                   secret.size(), parameters)
      != 1)
    throw std::runtime_error("HMAC-SHA-256 is not available");
  return result;
}

value_seal::tag value_seal::compute(const context_ptr& prepared, std::string_view key,
                                    std::string_view type, std::string_view bytes) {
  const context_ptr context{EVP_MAC_CTX_dup(prepared.get())};
  if (context == nullptr)
    throw std::bad_alloc();
  std::string length;
  for (int shift = 56; shift >= 0; shift -= 8)
    length += static_cast<char>((std::uint64_t{key.size()} >> shift) & 0xff);
  update(context.get(), length);
  update(context.get(), key);
  update(context.get(), std::string(1, static_cast<char>(type.size())));
  update(context.get(), type);
  update(context.get(), bytes);
  tag result{};
  std::size_t written = 0;
  if (EVP_MAC_final(context.get(), result.data(), &written, result.size()) != 1
      || written != result.size())
    throw std::runtime_error("HMAC-SHA-256 failed");
  return result;
}

std::string value_seal::sign(std::string_view key, std::string_view type,
                             std::string_view bytes) const {
  const auto signature = compute(keys_.front(), key, type, bytes);
  std::string result;
  result.reserve(magic.size() + 1 + type.size() + signature.size() + bytes.size());
  result += magic;
  result += static_cast<char>(type.size());
  result += type;
  result.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  result += bytes;
  return result;
}

std::optional<value_seal::opened> value_seal::verify(std::string_view key,
                                                     std::string_view value) const {
  if (value.substr(0, magic.size()) != magic || value.size() == magic.size())
    return std::nullopt;
  value.remove_prefix(magic.size());
  const std::size_t type_size = static_cast<unsigned char>(value.front());
  value.remove_prefix(1);
  if (value.size() < type_size + tag_size)
    return std::nullopt;
  const opened result{value.substr(0, type_size), value.substr(type_size + tag_size)};
  const auto signature = value.substr(type_size, tag_size);
  for (const auto& secret : keys_) {
    const auto expected = compute(secret, key, result.type, result.bytes);
    if (CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0)
      return result;
  }
  return std::nullopt;
}

} // namespace meme::io
