#include "sketch-server/drawing/scenes/scenes.hpp"

namespace meme::sketch {

namespace {

struct palette {
  colour high_sky;
  colour low_sky;
  colour far_walls;
  colour near_walls;
};

constexpr palette palettes[] = {
    {rgb(0x0B1030), rgb(0x6A4C93), rgb(0x4A3A72), rgb(0x0E0B20)},
    {rgb(0x061A2E), rgb(0x2F7FA3), rgb(0x27607F), rgb(0x04121E)},
    {rgb(0x1A0B2E), rgb(0xE0567A), rgb(0x8A3A68), rgb(0x14081F)},
};

struct building {
  point corner; ///< upper left
  double width;
  double height;
};

void paint_windows(const stage& where, const building& house) {
  const auto pitch = where.unit() * 0.026;
  const auto pane = pitch * 0.52;
  const auto columns = static_cast<int>(house.width / pitch - 0.4);
  const auto margin = (house.width - columns * pitch + pitch - pane) / 2;
  const auto lit = where.random.between(0.2, 0.6);
  for (auto y = house.corner.y + pitch * 0.7; y < where.height; y += pitch * 1.2)
    for (int column = 0; column < columns; ++column)
      if (where.random.chance(lit)) {
        const auto ink = mix(rgb(0xFFD27A), rgb(0xFFF6D8), where.random.fraction());
        cairo_rectangle(where.pen, house.corner.x + margin + column * pitch, y, pane, pane * 1.2);
        fill(where.pen, ink, where.random.between(0.5, 0.95));
      }
}

void paint_roof(const stage& where, const building& house, const colour& ink) {
  const auto middle = house.corner.x + house.width / 2;
  const auto top = house.corner.y;
  switch (where.random.index(4)) {
  case 0: // a mast
    cairo_rectangle(where.pen, middle - where.unit() * 0.002, top - house.width * 0.7,
                    where.unit() * 0.004, house.width * 0.7);
    break;
  case 1: // a setback
    cairo_rectangle(where.pen, house.corner.x + house.width * 0.2, top - house.width * 0.25,
                    house.width * 0.6, house.width * 0.26);
    break;
  case 2: // a slope
    polygon(where.pen, {{house.corner.x, top},
                        {house.corner.x + house.width, top},
                        {house.corner.x + house.width, top - house.width * 0.35}});
    break;
  default: // flat
    break;
  }
  fill(where.pen, ink);
}

void paint_row(const stage& where, double nearness, const palette& inks) {
  const auto ink = mix(inks.far_walls, inks.near_walls, nearness);
  auto x = -where.unit() * where.random.between(0, 0.1);
  while (x < where.width) {
    const auto width = where.unit() * where.random.between(0.09, 0.17);
    const auto height = where.height * where.random.between(0.16, 0.34) * (1.55 - nearness * 0.7);
    const building house{{x, where.height * (0.92 + 0.08 * nearness) - height}, width, height};
    cairo_rectangle(where.pen, x, house.corner.y, width, where.height);
    fill(where.pen, ink);
    paint_roof(where, house, ink);
    if (nearness > 0.3)
      paint_windows(where, house);
    x += width * where.random.between(0.92, 1.25);
  }
}

} // namespace

void paint_city(const stage& where) {
  const auto& inks = palettes[where.random.index(std::size(palettes))];
  vertical_blend(where.pen, where.width, 0, where.height,
                 {{0, inks.high_sky}, {0.8, inks.low_sky}, {1, inks.low_sky}});
  paint_stars(where, where.height * 0.6, 110);
  const point moon{where.width * where.random.between(0.15, 0.85),
                   where.height * where.random.between(0.26, 0.36)};
  const auto radius = where.unit() * 0.07;
  glow(where.pen, moon, radius * 5, rgb(0xE8ECFF), 0.5);
  circle(where.pen, moon, radius);
  fill(where.pen, rgb(0xF4F1DE));
  for (const auto& crater : {point{-0.3, -0.2}, point{0.35, 0.1}, point{-0.05, 0.45}}) {
    circle(where.pen, {moon.x + crater.x * radius, moon.y + crater.y * radius}, radius * 0.18);
    fill(where.pen, rgb(0xD8D4BC));
  }
  paint_row(where, 0, inks);
  vertical_blend(where.pen, where.width, where.height * 0.5, where.height,
                 {{0, inks.low_sky, 0}, {1, inks.low_sky, 0.45}});
  paint_row(where, 0.55, inks);
  paint_row(where, 1, inks);
}

} // namespace meme::sketch
