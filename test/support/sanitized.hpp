#pragma once

namespace meme::test {

/// Whether the tests, and with them the service, are built with a sanitizer: limits on time and
/// memory then say nothing about the program.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// How many times as long work takes, about, as without ThreadSanitizer.
#if defined(__SANITIZE_THREAD__)
constexpr int slowdown = 4;
#else
constexpr int slowdown = 1;
#endif

} // namespace meme::test
