#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

/// Structured logs: one event a line on standard error, as a JSON object or as text for people.
/// Texts may come from others, so they are made printable (messages/text/printable.hpp). Writing
/// does not wait for the reader: a line is dropped and counted if standard error has no room.
///
///     log::info("answered", {{"request_id", id}, {"stream_sequence", sequence}});
namespace meme::log {

enum class level { trace, debug, info, warning, error, off };

struct field {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value;

  template <class T>
  field(std::string_view k, const T& v) : key(k) {
    if constexpr (std::is_same_v<T, bool>)
      value = v;
    else if constexpr (std::is_floating_point_v<T>)
      value = static_cast<double>(v);
    else if constexpr (std::is_unsigned_v<T>)
      value = static_cast<std::uint64_t>(v);
    else if constexpr (std::is_integral_v<T>)
      value = static_cast<std::int64_t>(v);
    else
      value = std::string_view{v};
  }
};

using fields = std::initializer_list<field>;

/// Call once, before any thread starts. `json`: objects, else text.
void start(level least, bool json);

bool enabled(level of);

/// From any thread. Does nothing below the level given at the start.
void write(level of, std::string_view message, fields more = {});

/// How many lines were dropped since the start.
std::uint64_t dropped_lines();

inline void debug(std::string_view message, fields more = {}) {
  if (enabled(level::debug))
    write(level::debug, message, more);
}
inline void info(std::string_view message, fields more = {}) {
  write(level::info, message, more);
}
inline void warning(std::string_view message, fields more = {}) {
  write(level::warning, message, more);
}
inline void error(std::string_view message, fields more = {}) {
  write(level::error, message, more);
}

} // namespace meme::log
