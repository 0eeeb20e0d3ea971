#include "sketch-server/drawing/scenes/scenes.hpp"

namespace meme::sketch {

namespace {

struct palette {
  colour high_sky;
  colour low_sky;
  colour sun;
  colour far_ridge;
  colour near_ridge;
};

constexpr palette palettes[] = {
    // dawn, day, dusk, northern summer night, autumn
    {rgb(0x2B3A78), rgb(0xFFB48A), rgb(0xFFF0C8), rgb(0xC98B9B), rgb(0x241B3A)},
    {rgb(0x2F80D0), rgb(0xD6F0FF), rgb(0xFFFBE6), rgb(0x9FC4DC), rgb(0x17402F)},
    {rgb(0x2A1A4E), rgb(0xFF7A6B), rgb(0xFFD9A0), rgb(0xB0557E), rgb(0x170E28)},
    {rgb(0x0B2A3C), rgb(0x7CE0C3), rgb(0xF2FFF0), rgb(0x4A9A96), rgb(0x07181F)},
    {rgb(0x4B8BB8), rgb(0xFCE9B5), rgb(0xFFF8DC), rgb(0xD7A878), rgb(0x4A1F14)},
};

void paint_cloud(const stage& where, point centre, double size, const colour& ink) {
  const saved_pen saved{where.pen};
  cairo_rectangle(where.pen, 0, 0, where.width, centre.y); // a flat base
  cairo_clip(where.pen);
  for (int i = 0; i < 9; ++i) {
    const auto across = where.random.between(-1, 1);
    const auto radius = size * (0.30 - 0.20 * across * across);
    ellipse(where.pen, {centre.x + across * size, centre.y}, radius * 1.5, radius);
  }
  fill(where.pen, ink, 0.5);
}

/// A fir of five skirts, its foot at `foot`.
void paint_fir(const stage& where, point foot, double height, const colour& ink) {
  const auto half = height * 0.22;
  for (int i = 0; i < 5; ++i) {
    const auto low = foot.y - height * 0.17 * i;
    const auto wide = half * (1 - 0.17 * i);
    polygon(where.pen, {{foot.x - wide, low}, {foot.x, low - height * 0.34}, {foot.x + wide, low}});
  }
  fill(where.pen, ink);
}

void paint_firs(const stage& where, const palette& inks) {
  const auto count = static_cast<int>(14 + where.width / where.unit() * 12);
  for (int i = 0; i < count; ++i) {
    const auto across = where.random.fraction();
    // Taller towards the edges: they frame what stands in the middle.
    const auto side = 2 * (across - 0.5) * 2 * (across - 0.5);
    const auto height = where.unit() * (0.07 + 0.17 * side) * where.random.between(0.75, 1.25);
    const auto foot = where.height * where.random.between(0.93, 1.02);
    paint_fir(where, {across * where.width, foot}, height,
              mix(inks.near_ridge, black, where.random.between(0.15, 0.5)));
  }
}

} // namespace

void paint_mountains(const stage& where) {
  const auto& inks = palettes[where.random.index(std::size(palettes))];
  vertical_blend(where.pen, where.width, 0, where.height,
                 {{0, inks.high_sky}, {0.62, inks.low_sky}, {1, inks.low_sky}});
  const point sun{where.width * where.random.between(0.18, 0.82),
                  where.height * where.random.between(0.28, 0.46)};
  glow(where.pen, sun, where.unit() * 0.6, inks.sun, 0.8);
  circle(where.pen, sun, where.unit() * 0.055);
  fill(where.pen, inks.sun);
  for (int i = 0; i < 4; ++i) {
    const point centre{where.random.between(0, where.width),
                       where.height * where.random.between(0.12, 0.42)};
    const auto size = where.unit() * where.random.between(0.12, 0.26);
    paint_cloud(where, centre, size, mix(inks.low_sky, white, 0.5));
  }

  constexpr int ridges = 5;
  for (int i = 0; i < ridges; ++i) {
    const auto nearness = static_cast<double>(i) / (ridges - 1);
    const auto level = where.height * (0.50 + 0.38 * nearness);
    const auto ink = mix(inks.far_ridge, inks.near_ridge, nearness);
    outline_land(where, skyline(where.random, 8, 0.52), level,
                 where.unit() * (0.13 - 0.08 * nearness));
    fill(where.pen, ink);
    // Haze gathers in the valleys between two ridges.
    if (i + 1 < ridges)
      vertical_blend(where.pen, where.width, level, where.height,
                     {{0, inks.low_sky, 0}, {0.3, inks.low_sky, 0.25}, {1, inks.low_sky, 0.25}});
  }
  paint_firs(where, inks);
}

} // namespace meme::sketch
