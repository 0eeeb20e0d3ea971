#include "sketch-server/drawing/stage.hpp"

namespace meme::sketch {

std::vector<double> skyline(random_source& random, int doublings, double roughness) {
  const std::size_t last = std::size_t{1} << doublings;
  std::vector<double> heights(last + 1);
  heights.front() = random.between(-0.5, 0.5);
  heights.back() = random.between(-0.5, 0.5);
  double spread = 1;
  for (auto step = last; step > 1; step /= 2) {
    for (auto left = std::size_t{0}; left < last; left += step)
      heights[left + step / 2] =
          (heights[left] + heights[left + step]) / 2 + random.between(-spread, spread);
    spread *= roughness;
  }
  return heights;
}

void outline_land(const stage& where, const std::vector<double>& line, double level,
                  double spread) {
  const auto step = where.width / static_cast<double>(line.size() - 1);
  cairo_move_to(where.pen, 0, where.height);
  for (std::size_t i = 0; i < line.size(); ++i)
    cairo_line_to(where.pen, step * static_cast<double>(i), level - line[i] * spread);
  cairo_line_to(where.pen, where.width, where.height);
  cairo_close_path(where.pen);
}

void paint_stars(const stage& where, double horizon, int count) {
  for (int i = 0; i < count; ++i) {
    const point at{where.random.between(0, where.width), where.random.between(0, horizon)};
    const auto size = where.random.fraction();
    const auto radius = where.unit() * (0.0012 + 0.0030 * size * size * size);
    const auto ink = mix(rgb(0xBFD4FF), rgb(0xFFF1D0), where.random.fraction());
    circle(where.pen, at, radius);
    fill(where.pen, ink, where.random.between(0.45, 1));
    if (size > 0.93)
      glow(where.pen, at, radius * 7, ink, 0.5);
  }
}

} // namespace meme::sketch
