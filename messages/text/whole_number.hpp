#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meme {

/// A number of JSON, as it is spelled, that is whole and not negative: exactly, up to 2^64 - 1,
/// where a double would round beyond 2^53. JSON has one type of number, so 512, 512.0 and 5.12e2
/// are the same. Returns nothing for any other number.
std::optional<std::uint64_t> read_whole_number(std::string_view spelling);

} // namespace meme
