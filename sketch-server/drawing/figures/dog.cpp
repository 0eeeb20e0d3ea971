#include "sketch-server/drawing/figures/figures.hpp"

namespace meme::sketch {

namespace {

struct coat {
  colour fur;
  colour ear;
  colour muzzle;
};

constexpr coat coats[] = {
    {rgb(0xE2A85B), rgb(0xB67732), rgb(0xFFF0DA)},
    {rgb(0xF3EBDD), rgb(0x8A5A35), rgb(0xFFFFFF)},
    {rgb(0x7A5236), rgb(0x523421), rgb(0xE9CDA9)},
    {rgb(0x8C97A8), rgb(0x4C5566), rgb(0xF4F6FA)},
};

constexpr colour outline = rgb(0x1C1420);
constexpr double edge = 0.055;

void paint_ear(cairo_t* pen, double side, const coat& look) {
  cairo_move_to(pen, side * 0.55, -0.85);
  cairo_curve_to(pen, side * 1.1, -1.1, side * 1.45, -0.5, side * 1.35, 0.25);
  cairo_curve_to(pen, side * 1.3, 0.65, side * 1.0, 0.6, side * 0.92, 0.2);
  cairo_close_path(pen);
  fill_and_edge(pen, look.ear, outline, edge);
}

void paint_eye(cairo_t* pen, double side, double glance) {
  circle(pen, {side * 0.38, -0.18}, 0.19);
  fill(pen, outline);
  circle(pen, {side * 0.38 + glance + 0.06, -0.25}, 0.065);
  fill(pen, white);
  // An eyebrow: what makes a dog look as if it cared.
  use(pen, outline);
  cairo_set_line_width(pen, edge);
  cairo_move_to(pen, side * 0.22, -0.52);
  cairo_line_to(pen, side * 0.52, -0.48);
  cairo_stroke(pen);
}

void paint_muzzle(cairo_t* pen, const coat& look) {
  ellipse(pen, {0, 0.38}, 0.56, 0.44);
  fill(pen, look.muzzle);
  cairo_move_to(pen, -0.17, 0.52);
  cairo_curve_to(pen, -0.2, 1.0, 0.2, 1.0, 0.17, 0.52);
  cairo_close_path(pen);
  fill_and_edge(pen, rgb(0xF27C8A), outline, edge * 0.8);
  ellipse(pen, {0, 0.17}, 0.21, 0.15);
  fill(pen, outline);
  ellipse(pen, {-0.06, 0.12}, 0.07, 0.035);
  fill(pen, white, 0.7);
  use(pen, outline);
  cairo_set_line_width(pen, edge);
  cairo_move_to(pen, 0, 0.3);
  cairo_line_to(pen, 0, 0.48);
  cairo_move_to(pen, -0.38, 0.44);
  cairo_curve_to(pen, -0.3, 0.62, -0.05, 0.62, 0, 0.48);
  cairo_curve_to(pen, 0.05, 0.62, 0.3, 0.62, 0.38, 0.44);
  cairo_stroke(pen);
}

} // namespace

void paint_dog(cairo_t* pen, random_source& random) {
  const auto& look = coats[random.index(std::size(coats))];
  const auto glance = random.between(-0.06, 0.06);
  const auto collar = random.chance(0.5) ? rgb(0xD62839) : rgb(0x2A6FDB);
  const saved_pen saved{pen};
  cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(pen, CAIRO_LINE_CAP_ROUND);

  cairo_move_to(pen, -1.3, 3);
  cairo_curve_to(pen, -1.35, 1.7, -0.8, 1.0, 0, 1.0);
  cairo_curve_to(pen, 0.8, 1.0, 1.35, 1.7, 1.3, 3);
  cairo_close_path(pen);
  fill_and_edge(pen, look.fur, outline, edge);
  ellipse(pen, {0, 2.5}, 0.6, 1.0);
  fill(pen, look.muzzle);
  rounded_box(pen, {-0.78, 0.98}, 1.56, 0.26, 0.12);
  fill_and_edge(pen, collar, outline, edge);
  circle(pen, {0, 1.32}, 0.14);
  fill_and_edge(pen, rgb(0xF4C542), outline, edge);

  ellipse(pen, {0, 0}, 0.98, 0.95);
  fill_and_edge(pen, look.fur, outline, edge);
  paint_ear(pen, -1, look);
  paint_ear(pen, 1, look);
  paint_eye(pen, -1, glance);
  paint_eye(pen, 1, glance);
  paint_muzzle(pen, look);
}

} // namespace meme::sketch
