#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct evp_mac_ctx_st;

namespace meme::io {

/// Signs values in Redis, to detect a value that others wrote or copied to another key
/// (docs/decisions/0015-redis-values.md). A signed value is
///
///     "MEMESIG1" | length of type, 1 byte | type | HMAC-SHA-256, 32 bytes | bytes
///
/// and the HMAC (RFC 2104, FIPS 198-1) is over
///
///     length of key, 8 bytes, most significant first | key | length of type, 1 byte | type | bytes
class value_seal {
public:
  struct opened {
    std::string_view type;
    std::string_view bytes;
  };

  /// The most bytes that signing adds to a value.
  static constexpr std::size_t max_overhead = 512;

  /// Reads the keys, one a line; the first one signs. Throws std::runtime_error with the reason
  /// if the file cannot be used; no reason quotes a key.
  explicit value_seal(const std::string& file);

  /// The value to store under `key`. `type` has at most 255 bytes.
  std::string sign(std::string_view key, std::string_view type, std::string_view bytes) const;

  /// Parts of `value`, if one of the keys verifies it as that of `key`.
  std::optional<opened> verify(std::string_view key, std::string_view value) const;

private:
  using tag = std::array<unsigned char, 32>;

  struct context_deleter {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  using context_ptr = std::unique_ptr<evp_mac_ctx_st, context_deleter>;

  static context_ptr prepare(std::string_view secret);
  static tag compute(const context_ptr& prepared, std::string_view key, std::string_view type,
                     std::string_view bytes);

  std::vector<context_ptr> keys_; ///< each is initialised; copied for each value
};

} // namespace meme::io
