#pragma once

#include <algorithm>
#include <vector>

#include "sketch-server/drawing/paint.hpp"
#include "sketch-server/drawing/random.hpp"

namespace meme::sketch {

/// Where a scene is painted: the whole picture, in pixels, and the dice.
struct stage {
  cairo_t* pen;
  double width;
  double height;
  random_source& random;

  /// The measure of things whose size should not follow the picture's proportions.
  double unit() const { return std::min(width, height); }
};

/// Heights of a jagged skyline, `2^doublings + 1` of them over the picture's width, about 0 with a
/// spread of about 1: midpoint displacement (Fournier, Fussell, Carpenter: "Computer rendering of
/// stochastic models", 1982). `roughness` in (0, 1): the part of the spread left at half the step.
std::vector<double> skyline(random_source& random, int doublings, double roughness);

/// Outlines the area under a skyline down to the picture's lower edge: its mean at `level`, its
/// spread `spread`, both in pixels.
void outline_land(const stage& where, const std::vector<double>& line, double level, double spread);

/// Points of light, denser and brighter ones fewer, over the picture above `horizon` (pixels).
void paint_stars(const stage& where, double horizon, int count);

} // namespace meme::sketch
