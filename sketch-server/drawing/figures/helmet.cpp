#include "sketch-server/drawing/figures/figures.hpp"

namespace meme::sketch {

void paint_helmet(cairo_t* pen) {
  const saved_pen saved{pen};
  const point centre{0, -0.15};
  circle(pen, centre, 1.55);
  fill(pen, rgb(0xBFE6FF), 0.16);
  circle(pen, centre, 1.55);
  use(pen, rgb(0xEAF6FF), 0.85);
  cairo_set_line_width(pen, 0.07);
  cairo_stroke(pen);
  // The light on the glass.
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND);
  use(pen, white, 0.8);
  cairo_set_line_width(pen, 0.12);
  cairo_arc(pen, centre.x, centre.y, 1.32, 3.5, 4.2);
  cairo_stroke(pen);
  cairo_arc(pen, centre.x, centre.y, 1.32, 4.38, 4.5);
  cairo_stroke(pen);
  rounded_box(pen, {-0.95, 1.16}, 1.9, 0.36, 0.16);
  fill_and_edge(pen, rgb(0xE8ECF2), rgb(0x1C1420), 0.055);
}

} // namespace meme::sketch
