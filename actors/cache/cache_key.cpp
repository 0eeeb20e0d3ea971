#include "actors/cache/cache_key.hpp"

#include <array>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <openssl/evp.h>

namespace meme {

namespace {

constexpr std::string_view version = "meme:v1:";
constexpr std::size_t digest_size = 32;

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> digits; // the longest double takes 24
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += ':';
  out += text;
  out += ',';
}

template <class T>
void append_field(std::string& out, const std::optional<T>& value) {
  if (!value) {
    out += "-,";
  } else if constexpr (std::is_arithmetic_v<T>) {
    std::string digits; // short enough to need no memory
    append_number(digits, *value);
    append_field(out, digits);
  } else {
    append_field(out, *value);
  }
}

struct evp_deleter {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
  void operator()(EVP_MD_CTX* state) const { EVP_MD_CTX_free(state); }
};

std::array<unsigned char, digest_size> sha256(std::string_view bytes) {
  // Looked up once: OpenSSL 3 would do so for each digest, which takes longer than the digest.
  static const std::unique_ptr<EVP_MD, evp_deleter> algorithm{
      EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  thread_local const std::unique_ptr<EVP_MD_CTX, evp_deleter> state{EVP_MD_CTX_new()};
  std::array<unsigned char, digest_size> digest;
  if (!algorithm || !state || EVP_DigestInit_ex2(state.get(), algorithm.get(), nullptr) != 1
      || EVP_DigestUpdate(state.get(), bytes.data(), bytes.size()) != 1
      || EVP_DigestFinal_ex(state.get(), digest.data(), nullptr) != 1)
    throw std::runtime_error("OpenSSL refuses to compute SHA-256"); // out of memory, or forbidden
  return digest;
}

} // namespace

std::string cache_key(const picture_spec& spec) {
  // Does not compile without a name for each member: whatever decides the picture is in the key.
  // The model's name follows from the address.
  [[maybe_unused]] const auto& [url, model, inputs, parameters, accept] = spec;
  std::string fields;
  fields.reserve(256 + url.size() + inputs.size());
  append_field(fields, url);
  append_field(fields, inputs);
  for_each_parameter(parameters, [&](const auto& field, const auto& value) {
    if (field.kind == field_kind::parameter) {
      append_field(fields, value);
    } else if (value) {
      append_field(fields, field.name);
      append_field(fields, value);
    }
  });
  append_field(fields, accept);

  constexpr std::string_view hex = "0123456789abcdef";
  std::string key(version);
  key.reserve(version.size() + 2 * digest_size);
  for (const unsigned byte : sha256(fields)) {
    key += hex[byte >> 4];
    key += hex[byte & 0xF];
  }
  return key;
}

} // namespace meme
