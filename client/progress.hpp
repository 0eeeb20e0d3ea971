#pragma once

#include <chrono>
#include <cstdint>

namespace meme::client {

/// A bar on stderr that is drawn over again; a line every ten seconds where that is no terminal.
class progress {
public:
  explicit progress(std::uint64_t total);

  void show(std::uint64_t asked, std::uint64_t answered);

  /// Draws it a last time.
  void finish(std::uint64_t asked, std::uint64_t answered);

private:
  using clock = std::chrono::steady_clock;

  void draw(std::uint64_t asked, std::uint64_t answered) const;

  std::uint64_t total_;
  bool terminal_;
  clock::time_point started_ = clock::now();
  clock::time_point next_;
};

} // namespace meme::client
