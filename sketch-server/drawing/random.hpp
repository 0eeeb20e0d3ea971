#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meme::sketch {

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). The
/// distributions of the standard library differ between implementations, and so does the order in
/// which a call evaluates its arguments (have at most one throw in each): the same prompt and seed
/// are to give the same picture everywhere.
class random_source {
public:
  explicit random_source(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next() {
    auto z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, 1).
  double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// Uniform in [low, high).
  double between(double low, double high) { return low + (high - low) * fraction(); }

  /// Uniform in 0..count-1; `count` is at least 1 and small (the bias of the remainder is ignored).
  std::size_t index(std::size_t count) { return static_cast<std::size_t>(next() % count); }

  bool chance(double probability) { return fraction() < probability; }

private:
  std::uint64_t state_;
};

/// FNV-1a over the prompt, mixed with the seed.
inline std::uint64_t picture_seed(std::string_view prompt, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const unsigned char byte : prompt)
    hash = (hash ^ byte) * 0x100000001B3u;
  return random_source{hash ^ (seed * 0x9E3779B97F4A7C15u)}.next();
}

} // namespace meme::sketch
