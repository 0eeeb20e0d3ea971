#include <cmath>

#include "sketch-server/drawing/scenes/scenes.hpp"

namespace meme::sketch {

namespace {

constexpr double pi = 3.14159265358979323846;

struct wheel {
  colour light;
  colour dark;
};

constexpr wheel wheels[] = {
    {rgb(0xFFC23D), rgb(0xE8632B)}, {rgb(0x7BD389), rgb(0x1E8A6E)}, {rgb(0x7FC8F8), rgb(0x2462B8)},
    {rgb(0xF79AD3), rgb(0xB0307E)}, {rgb(0xC7A6F5), rgb(0x5B34A8)}, {rgb(0xF2E86D), rgb(0x6DA834)},
    {rgb(0xFF8C7A), rgb(0xA61E3B)}, {rgb(0x8CE0DB), rgb(0x11788A)},
};

} // namespace

void paint_burst(const stage& where) {
  const auto& [light, dark] = wheels[where.random.index(std::size(wheels))];
  const auto rays = 8 + 2 * static_cast<int>(where.random.index(3));
  const auto start = where.random.between(0, 2 * pi);
  const point centre{where.width / 2, where.height * 0.54};
  const auto reach = std::hypot(where.width, where.height);

  use(where.pen, light);
  cairo_paint(where.pen);
  for (int i = 0; i < rays; ++i) {
    const auto from = start + 2 * pi * i / rays;
    cairo_move_to(where.pen, centre.x, centre.y);
    cairo_arc(where.pen, centre.x, centre.y, reach, from, from + pi / rays);
    cairo_close_path(where.pen);
  }
  fill(where.pen, dark);
  glow(where.pen, centre, where.unit() * 0.75, mix(light, white, 0.6), 0.75);
}

} // namespace meme::sketch
