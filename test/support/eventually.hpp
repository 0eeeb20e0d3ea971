#pragma once

#include <chrono>
#include <thread>

namespace meme::test {

/// Long enough for a loaded machine; reached only by a test that fails.
constexpr std::chrono::seconds patience{30};

/// Polls an observable condition until it holds: true, or until `timeout` is over: false. The only
/// place where tests sleep.
template <class Predicate>
bool eventually(Predicate&& holds, std::chrono::milliseconds timeout = patience) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{3});
  }
  return true;
}

} // namespace meme::test
