#include "sketch-server/drawing/figures/figures.hpp"

namespace meme::sketch {

namespace {

struct coat {
  colour fur;
  colour stripe;
  colour belly;
  colour eye;
};

constexpr coat coats[] = {
    {rgb(0xF2A154), rgb(0xC96A1F), rgb(0xFFE7C9), rgb(0x8CC63F)},
    {rgb(0x9AA3B2), rgb(0x667084), rgb(0xEEF1F6), rgb(0xF2C53D)},
    {rgb(0x3B3645), rgb(0x25212C), rgb(0x585266), rgb(0xF5D142)},
    {rgb(0xF6E7D2), rgb(0xCDB08A), rgb(0xFFFFFF), rgb(0x5AB4E5)},
};

constexpr colour outline = rgb(0x1C1420);
constexpr double edge = 0.055;

void paint_ear(cairo_t* pen, double side, const coat& look) {
  cairo_move_to(pen, side * 0.95, -0.25);
  cairo_curve_to(pen, side * 1.05, -0.7, side * 1.0, -1.15, side * 0.9, -1.4);
  cairo_curve_to(pen, side * 0.65, -1.2, side * 0.4, -1.0, side * 0.25, -0.75);
  cairo_close_path(pen);
  fill_and_edge(pen, look.fur, outline, edge);
  polygon(pen, {{side * 0.84, -0.55}, {side * 0.84, -1.15}, {side * 0.48, -0.8}});
  fill(pen, rgb(0xF7A8A8));
}

void paint_stripes(cairo_t* pen, const coat& look) {
  use(pen, look.stripe);
  cairo_set_line_width(pen, 0.09);
  for (const double x : {-0.2, 0.0, 0.2}) {
    cairo_move_to(pen, x, -0.80);
    cairo_line_to(pen, x * 0.8, -0.48);
  }
  for (const double side : {-1.0, 1.0})
    for (const double y : {0.05, 0.28}) {
      cairo_move_to(pen, side * 0.98, y);
      cairo_line_to(pen, side * 0.74, y + 0.04);
    }
  cairo_stroke(pen);
}

void paint_eye(cairo_t* pen, double side, const coat& look, double glance) {
  ellipse(pen, {side * 0.42, -0.08}, 0.26, 0.27);
  fill_and_edge(pen, look.eye, outline, edge);
  ellipse(pen, {side * 0.42 + glance, -0.08}, 0.10, 0.23);
  fill(pen, outline);
  circle(pen, {side * 0.42 + glance + 0.05, -0.19}, 0.06);
  fill(pen, white);
}

void paint_muzzle(cairo_t* pen, const coat& look) {
  for (const double side : {-0.17, 0.17}) {
    ellipse(pen, {side, 0.42}, 0.27, 0.21);
    fill(pen, look.belly);
  }
  polygon(pen, {{-0.12, 0.24}, {0.12, 0.24}, {0, 0.37}});
  fill_and_edge(pen, rgb(0xF0808A), outline, edge * 0.7);
  use(pen, outline);
  cairo_set_line_width(pen, edge);
  cairo_move_to(pen, 0, 0.37);
  cairo_line_to(pen, 0, 0.46);
  cairo_move_to(pen, -0.26, 0.48);
  cairo_curve_to(pen, -0.2, 0.62, -0.03, 0.60, 0, 0.46);
  cairo_curve_to(pen, 0.03, 0.60, 0.2, 0.62, 0.26, 0.48);
  cairo_stroke(pen);
  cairo_set_line_width(pen, edge * 0.6);
  for (const double side : {-1.0, 1.0})
    for (const double rise : {-0.12, 0.02, 0.16}) {
      cairo_move_to(pen, side * 0.42, 0.40 + rise * 0.3);
      cairo_line_to(pen, side * 1.25, 0.34 + rise);
    }
  cairo_stroke(pen);
}

} // namespace

void paint_cat(cairo_t* pen, random_source& random) {
  const auto& look = coats[random.index(std::size(coats))];
  const auto glance = random.between(-0.08, 0.08);
  const saved_pen saved{pen};
  cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND);

  cairo_move_to(pen, -1.25, 3);
  cairo_curve_to(pen, -1.3, 1.6, -0.8, 0.9, 0, 0.9);
  cairo_curve_to(pen, 0.8, 0.9, 1.3, 1.6, 1.25, 3);
  cairo_close_path(pen);
  fill_and_edge(pen, look.fur, outline, edge);
  ellipse(pen, {0, 2.2}, 0.6, 1.1);
  fill(pen, look.belly);

  paint_ear(pen, -1, look);
  paint_ear(pen, 1, look);
  ellipse(pen, {0, 0}, 1.08, 0.9);
  fill_and_edge(pen, look.fur, outline, edge);
  paint_stripes(pen, look);
  paint_eye(pen, -1, look, glance);
  paint_eye(pen, 1, look, glance);
  paint_muzzle(pen, look);
}

} // namespace meme::sketch
