#include "sketch-server/drawing/scenes/scenes.hpp"

namespace meme::sketch {

namespace {

constexpr double pi = 3.14159265358979323846;

struct palette {
  colour sky;
  colour mist;
  colour planet;
  colour ground;
};

constexpr palette palettes[] = {
    {rgb(0x120A2A), rgb(0x8A3FA0), rgb(0x6FD6E8), rgb(0xC1502E)},
    {rgb(0x071428), rgb(0x1F7A9C), rgb(0xF2B25C), rgb(0x8C93A8)},
    {rgb(0x14061C), rgb(0xC03A6B), rgb(0x9BE37A), rgb(0xB0612F)},
};

struct {
  double radius; ///< the planet's is 1
  double width;
  double alpha;
} constexpr rings[] = {{1.55, 0.22, 0.85}, {1.85, 0.12, 0.5}};

void paint_planet(const stage& where, point centre, double radius, const colour& ink) {
  const auto tilt = where.random.between(-0.5, 0.5);
  const auto draw_ring = [&](double from, double to) {
    const saved_pen saved{where.pen};
    cairo_translate(where.pen, centre.x, centre.y);
    cairo_rotate(where.pen, tilt);
    cairo_scale(where.pen, radius, radius * 0.28);
    for (const auto& ring : rings) {
      cairo_arc(where.pen, 0, 0, ring.radius, from, to);
      cairo_set_line_width(where.pen, ring.width);
      use(where.pen, mix(ink, white, 0.55), ring.alpha);
      cairo_stroke(where.pen);
    }
  };
  glow(where.pen, centre, radius * 2.2, ink, 0.4);
  draw_ring(pi, 2 * pi);
  {
    const saved_pen saved{where.pen};
    circle(where.pen, centre, radius);
    cairo_clip(where.pen);
    use(where.pen, ink);
    cairo_paint(where.pen);
    cairo_translate(where.pen, centre.x, centre.y);
    cairo_rotate(where.pen, tilt);
    for (int i = 0; i < 5; ++i) {
      const point band{0, radius * where.random.between(-0.9, 0.9)};
      ellipse(where.pen, band, radius * 1.2, radius * where.random.between(0.04, 0.13));
      fill(where.pen, mix(ink, where.random.chance(0.5) ? white : black, 0.35), 0.45);
    }
    // Night falls on the side away from the light.
    cairo_rotate(where.pen, -tilt);
    cairo_set_fill_rule(where.pen, CAIRO_FILL_RULE_EVEN_ODD);
    circle(where.pen, {0, 0}, radius * 1.05);
    circle(where.pen, {-radius * 0.3, -radius * 0.25}, radius * 1.05);
    fill(where.pen, black, 0.5);
  }
  draw_ring(0, pi);
}

void paint_ground(const stage& where, const colour& ink) {
  outline_land(where, skyline(where.random, 7, 0.5), where.height * 0.72, where.unit() * 0.09);
  fill(where.pen, mix(ink, black, 0.55));
  outline_land(where, skyline(where.random, 6, 0.4), where.height * 0.80, where.unit() * 0.03);
  const saved_pen saved{where.pen};
  cairo_clip(where.pen);
  vertical_blend(where.pen, where.width, where.height * 0.74, where.height,
                 {{0, mix(ink, white, 0.15)}, {1, mix(ink, black, 0.55)}});
  for (int i = 0; i < 9; ++i) {
    const auto nearness = where.random.fraction();
    const point at{where.random.between(0, where.width), where.height * (0.83 + 0.17 * nearness)};
    const auto size = where.unit() * (0.02 + 0.06 * nearness);
    ellipse(where.pen, at, size, size * 0.32);
    fill(where.pen, mix(ink, black, 0.55), 0.8);
    ellipse(where.pen, {at.x, at.y + size * 0.08}, size * 0.88, size * 0.24);
    fill(where.pen, mix(ink, black, 0.3), 0.8);
  }
}

} // namespace

void paint_space(const stage& where) {
  const auto& inks = palettes[where.random.index(std::size(palettes))];
  vertical_blend(where.pen, where.width, 0, where.height,
                 {{0, mix(inks.sky, black, 0.4)}, {1, mix(inks.sky, inks.mist, 0.35)}});
  for (int i = 0; i < 7; ++i) {
    const point centre{where.random.between(0, where.width),
                       where.random.between(0, where.height * 0.75)};
    const auto radius = where.unit() * where.random.between(0.2, 0.5);
    glow(where.pen, centre, radius, mix(inks.mist, rgb(0x3A6BD8), where.random.fraction()), 0.30);
  }
  paint_stars(where, where.height, 260);
  const auto across = where.random.chance(0.5) ? where.random.between(0.12, 0.28)
                                               : where.random.between(0.72, 0.88);
  const point planet{where.width * across, where.height * where.random.between(0.3, 0.42)};
  paint_planet(where, planet, where.unit() * where.random.between(0.09, 0.14), inks.planet);
  paint_ground(where, inks.ground);
}

} // namespace meme::sketch
