#include "sketch-server/drawing/scenes/scenes.hpp"

namespace meme::sketch {

namespace {

struct palette {
  colour high_sky;
  colour low_sky;
  colour sun;
  colour water;
};

constexpr palette palettes[] = {
    {rgb(0x2D1E5F), rgb(0xFF9A5A), rgb(0xFFF3C4), rgb(0x1B2456)},
    {rgb(0x1E6FB8), rgb(0xBDEBFF), rgb(0xFFFFF0), rgb(0x0B5C7A)},
    {rgb(0x14213D), rgb(0xF2748C), rgb(0xFFE1B8), rgb(0x101B3A)},
    {rgb(0x0C4A6E), rgb(0xFDE68A), rgb(0xFFFFFF), rgb(0x0A4F5C)},
};

void paint_boat(const stage& where, point foot, double size, const colour& ink) {
  polygon(where.pen, {{foot.x - size * 0.5, foot.y - size * 0.18},
                      {foot.x + size * 0.55, foot.y - size * 0.18},
                      {foot.x + size * 0.36, foot.y},
                      {foot.x - size * 0.36, foot.y}});
  fill(where.pen, ink);
  polygon(where.pen, {{foot.x, foot.y - size * 1.35},
                      {foot.x, foot.y - size * 0.24},
                      {foot.x - size * 0.46, foot.y - size * 0.24}});
  fill(where.pen, rgb(0xFFF6E6), 0.95);
  polygon(where.pen, {{foot.x + size * 0.05, foot.y - size * 1.2},
                      {foot.x + size * 0.05, foot.y - size * 0.24},
                      {foot.x + size * 0.45, foot.y - size * 0.24}});
  fill(where.pen, rgb(0xE8564A), 0.95);
}

/// The sun's path on the water: short strokes, wider and sparser towards the viewer.
void paint_glitter(const stage& where, double across, double horizon, const colour& ink) {
  const auto depth = where.height - horizon;
  for (int i = 0; i < 90; ++i) {
    const auto nearness = where.random.fraction();
    const auto spread = where.unit() * (0.03 + 0.16 * nearness);
    const point at{across + where.random.between(-1, 1) * spread, horizon + depth * nearness};
    ellipse(where.pen, at, where.unit() * (0.01 + 0.045 * nearness * where.random.fraction()),
            where.unit() * (0.0012 + 0.004 * nearness));
    fill(where.pen, ink, 0.75 - 0.5 * nearness);
  }
}

void paint_waves(const stage& where, double horizon, const palette& inks) {
  const auto depth = where.height - horizon;
  for (int row = 0; row < 9; ++row) {
    const auto nearness = (row + 1) / 9.0;
    const auto y = horizon + depth * nearness * nearness;
    const auto length = where.unit() * (0.05 + 0.20 * nearness);
    const auto phase = where.random.between(0, length);
    cairo_set_line_width(where.pen, where.unit() * 0.004 * (0.4 + nearness));
    for (double x = -phase; x < where.width + length; x += length) {
      cairo_move_to(where.pen, x, y);
      cairo_curve_to(where.pen, x + length * 0.3, y - length * 0.09, x + length * 0.6,
                     y - length * 0.09, x + length * 0.8, y);
    }
    use(where.pen, mix(inks.low_sky, white, 0.3), 0.10 + 0.14 * nearness);
    cairo_stroke(where.pen);
  }
}

} // namespace

void paint_sea(const stage& where) {
  const auto& inks = palettes[where.random.index(std::size(palettes))];
  const auto horizon = where.height * where.random.between(0.54, 0.62);
  vertical_blend(where.pen, where.width, 0, horizon + 1,
                 {{0, inks.high_sky}, {0.75, inks.low_sky}, {1, mix(inks.low_sky, inks.sun, 0.5)}});
  const auto across = where.width * where.random.between(0.25, 0.75);
  const auto radius = where.unit() * 0.1;
  const point sun{across, horizon - radius * where.random.between(-0.2, 0.9)};
  glow(where.pen, sun, where.unit() * 0.75, inks.sun, 0.75);
  circle(where.pen, sun, radius);
  fill(where.pen, inks.sun);

  vertical_blend(where.pen, where.width, horizon, where.height,
                 {{0, mix(inks.low_sky, inks.water, 0.35)},
                  {0.35, inks.water},
                  {1, mix(inks.water, black, 0.45)}});
  paint_glitter(where, across, horizon, inks.sun);
  paint_waves(where, horizon, inks);
  const auto boat_at = across < where.width / 2 ? where.random.between(0.68, 0.86)
                                                : where.random.between(0.14, 0.32);
  paint_boat(where, {where.width * boat_at, horizon + where.height * 0.05}, where.unit() * 0.12,
             mix(inks.water, black, 0.6));
}

} // namespace meme::sketch
