#pragma once

namespace meme::test {

/// Whether the tests and the service are built with a sanitizer: limits on time and memory are then
/// meaningless.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// The approximate factor by which ThreadSanitizer slows the program down.
#if defined(__SANITIZE_THREAD__)
constexpr int slowdown = 4;
#else
constexpr int slowdown = 1;
#endif

} // namespace meme::test
