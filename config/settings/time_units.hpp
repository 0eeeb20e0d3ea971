#pragma once

#include <array>
#include <chrono>
#include <string_view>

#include <caf/timespan.hpp>

namespace meme::config {

struct time_unit {
  std::string_view name;
  caf::timespan length;
};

/// The units of CAF's files, so that a time reads the same wherever it stands. Largest first.
constexpr std::array<time_unit, 6> time_units = {{{"h", std::chrono::hours{1}},
                                                  {"min", std::chrono::minutes{1}},
                                                  {"s", std::chrono::seconds{1}},
                                                  {"ms", std::chrono::milliseconds{1}},
                                                  {"us", std::chrono::microseconds{1}},
                                                  {"ns", caf::timespan{1}}}};

} // namespace meme::config
