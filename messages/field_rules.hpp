#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace meme {

/// Bounds on what a request may ask for. A request outside them is refused, never clamped.
struct request_limits {
  std::size_t max_bytes = 65'536;       ///< whole JSON document
  std::size_t max_depth = 16;           ///< nesting of objects and arrays
  std::size_t max_prompt_chars = 8'000; ///< Unicode code points; also of `negative_prompt`
  std::size_t max_id_chars = 128;       ///< printable characters
  std::uint32_t min_side = 64;          ///< width and height, pixels
  std::uint32_t max_side = 2'048;       ///< width and height, pixels
  std::uint32_t max_steps = 150;        ///< num_inference_steps, from 1
  double max_guidance = 50.0;           ///< guidance_scale, from 0
};

/// A number as JSON spells it: a double would not hold a whole number of 64 bits.
struct json_number {
  std::string_view spelling;
};

/// A value of JSON that a field can have. Arrays and objects are refused for each field.
using json_value = std::variant<bool, json_number, std::string_view>;

// The rules for values, one type a kind of value. Each has two functions:
//
//     words(limits)                  what the field takes, for the error message "<name> must be …"
//     take(value, limits, target)    stores the value; returns false, and stores nothing that
//                                    counts, where the rule does not allow the value

/// `true` or `false`.
struct flag_rule {
  std::string words(const request_limits& limits) const;
  bool take(const json_value& value, const request_limits& limits, bool& target) const;
};

/// A text in one line: code points without controls (C0, C1, DEL) and separators of lines and
/// paragraphs.
struct printable_rule {
  std::size_t request_limits::*max_chars; ///< code points

  std::string words(const request_limits& limits) const;
  bool take(const json_value& value, const request_limits& limits, std::string& target) const;
};

/// A text for the model, of up to `max_prompt_chars` code points. It may have line breaks.
struct prompt_rule {
  bool may_be_blank; ///< empty, or nothing but white space

  std::string words(const request_limits& limits) const;
  /// What the error says besides: how long a text is that is too long.
  std::string note(const json_value& value, const request_limits& limits) const;
  bool take(const json_value& value, const request_limits& limits, std::string& target) const;
  bool take(const json_value& value, const request_limits& limits,
            std::optional<std::string>& target) const;
};

/// A number from 0.
struct number_rule {
  double request_limits::*most; ///< included

  std::string words(const request_limits& limits) const;
  bool take(const json_value& value, const request_limits& limits,
            std::optional<double>& target) const;
};

/// A bound of whole numbers: a constant or one of the limits.
class whole_bound {
public:
  constexpr whole_bound(std::uint32_t value) : value_(value) {}
  constexpr whole_bound(std::uint32_t request_limits::*limit) : limit_(limit) {}

  std::uint32_t in(const request_limits& limits) const {
    return limit_ != nullptr ? limits.*limit_ : value_;
  }

private:
  std::uint32_t value_ = 0;
  std::uint32_t request_limits::*limit_ = nullptr;
};

/// A whole number, spelled 512, 512.0 or 5.12e2: JSON has one type of number.
struct whole_rule {
  whole_bound least; ///< included
  whole_bound most;  ///< included

  std::string words(const request_limits& limits) const;
  bool take(const json_value& value, const request_limits& limits,
            std::optional<std::uint32_t>& target) const;
};

/// A whole number from 0 to 2^64 - 1. A -1 is the same as none: with it the user interfaces of
/// Stable Diffusion ask for any seed.
struct seed_rule {
  std::string words(const request_limits& limits) const;
  bool take(const json_value& value, const request_limits& limits,
            std::optional<std::uint64_t>& target) const;
};

/// A subject that an answer may be published on (`valid_reply_subject`). An empty text is the same
/// as none.
struct reply_subject_rule {
  std::string words(const request_limits& limits) const;
  bool take(const json_value& value, const request_limits& limits, std::string& target) const;
};

/// Whether `text` is valid UTF-8 of up to `max_chars` printable code points.
bool is_printable(std::string_view text, std::size_t max_chars);

} // namespace meme
