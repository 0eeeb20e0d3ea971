#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace meme::config {

/// Why a text is not what it should be: a verb and what follows, such as "has no host". It never
/// quotes the text, which may hold a password.
struct malformed {
  std::string reason;
};

template <class T>
using parsed = std::variant<T, malformed>;

/// Why it is malformed; empty: it is not.
template <class T>
std::string reason_of(const parsed<T>& result) {
  const auto* bad = std::get_if<malformed>(&result);
  return bad == nullptr ? std::string{} : bad->reason;
}

/// What was read; throws std::invalid_argument with the reason where that is malformed.
template <class T>
T value_of(parsed<T> result) {
  if (const auto* bad = std::get_if<malformed>(&result))
    throw std::invalid_argument{"the address " + bad->reason};
  return std::get<T>(std::move(result));
}

} // namespace meme::config
