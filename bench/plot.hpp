#pragma once

#include <filesystem>
#include <vector>

#include "bench/figures.hpp"

namespace meme::bench {

/// Draws bars of the medians into SVG files: throughput.svg, misses.svg, cpu.svg and so on. Of
/// those for which nothing was measured there is none.
void draw_plots(const std::vector<result>& results, const std::filesystem::path& folder);

} // namespace meme::bench
