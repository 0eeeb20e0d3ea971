#include "sketch-server/drawing/scenes/scenes.hpp"

namespace meme::sketch {

namespace {

struct palette {
  colour high_sky;
  colour low_sky;
  colour sun;
  colour far_sand;
  colour near_sand;
};

constexpr palette palettes[] = {
    {rgb(0xE4572E), rgb(0xFFD38A), rgb(0xFFF7D6), rgb(0xE9A15B), rgb(0x8A3B1C)},
    {rgb(0x3FA7D6), rgb(0xFFE9C7), rgb(0xFFFFFF), rgb(0xF2CF8F), rgb(0xB9702F)},
    {rgb(0x43276B), rgb(0xFF8A73), rgb(0xFFE3B0), rgb(0xB5607A), rgb(0x3A1838)},
};

void paint_cactus(const stage& where, point foot, double height, const colour& ink) {
  const auto thick = height * 0.17;
  const auto x = foot.x;
  rounded_box(where.pen, {x - thick / 2, foot.y - height}, thick, height * 1.1, thick / 2);
  fill(where.pen, ink);
  use(where.pen, ink);
  const saved_pen saved{where.pen};
  cairo_set_line_width(where.pen, thick * 0.75);
  cairo_set_line_cap(where.pen, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(where.pen, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to(where.pen, x, foot.y - height * 0.38);
  cairo_line_to(where.pen, x - height * 0.26, foot.y - height * 0.38);
  cairo_line_to(where.pen, x - height * 0.26, foot.y - height * 0.68);
  cairo_move_to(where.pen, x, foot.y - height * 0.5);
  cairo_line_to(where.pen, x + height * 0.26, foot.y - height * 0.5);
  cairo_line_to(where.pen, x + height * 0.26, foot.y - height * 0.82);
  cairo_stroke(where.pen);
}

/// A soft wave of sand: lit above, darker below.
void paint_dune(const stage& where, double level, double swell, const colour& lit,
                const colour& shade) {
  const auto w = where.width;
  const auto crest = where.random.between(0.2, 0.8) * w;
  const auto rise = swell * where.random.between(0.6, 1);
  cairo_move_to(where.pen, 0, level + swell * where.random.between(-0.3, 0.5));
  cairo_curve_to(where.pen, crest * 0.4, level + swell * 0.4, crest * 0.7, level - rise, crest,
                 level - rise);
  cairo_curve_to(where.pen, crest + (w - crest) * 0.3, level - rise, crest + (w - crest) * 0.6,
                 level + swell * 0.5, w, level + swell * where.random.between(-0.3, 0.5));
  cairo_line_to(where.pen, w, where.height);
  cairo_line_to(where.pen, 0, where.height);
  cairo_close_path(where.pen);
  const saved_pen saved{where.pen};
  cairo_clip(where.pen);
  vertical_blend(where.pen, w, level - swell, level + where.height * 0.3, {{0, lit}, {1, shade}});
  use(where.pen, shade);
  cairo_rectangle(where.pen, 0, level + where.height * 0.3, w, where.height);
  cairo_fill(where.pen);
}

} // namespace

void paint_desert(const stage& where) {
  const auto& inks = palettes[where.random.index(std::size(palettes))];
  vertical_blend(where.pen, where.width, 0, where.height,
                 {{0, inks.high_sky}, {0.6, inks.low_sky}, {1, inks.low_sky}});
  const point sun{where.width * where.random.between(0.2, 0.8),
                  where.height * where.random.between(0.34, 0.5)};
  glow(where.pen, sun, where.unit() * 0.7, inks.sun, 0.8);
  circle(where.pen, sun, where.unit() * 0.085);
  fill(where.pen, inks.sun);

  constexpr int dunes = 4;
  const auto first_side = where.random.index(2);
  for (int i = 0; i < dunes; ++i) {
    const auto nearness = static_cast<double>(i) / (dunes - 1);
    const auto sand = mix(inks.far_sand, inks.near_sand, nearness);
    paint_dune(where, where.height * (0.60 + 0.27 * nearness),
               where.height * (0.05 + 0.03 * nearness), mix(sand, inks.sun, 0.28),
               mix(sand, black, 0.18));
    if (i + 1 == dunes)
      break;
    const auto left = i % 2 == static_cast<int>(first_side);
    const auto across = left ? where.random.between(0.06, 0.28) : where.random.between(0.72, 0.94);
    paint_cactus(where, {where.width * across, where.height * (0.66 + 0.27 * nearness)},
                 where.unit() * (0.09 + 0.16 * nearness), mix(rgb(0x1F5A3A), sand, 0.3));
  }
}

} // namespace meme::sketch
