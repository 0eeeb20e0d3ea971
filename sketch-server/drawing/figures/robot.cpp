#include "sketch-server/drawing/figures/figures.hpp"

namespace meme::sketch {

namespace {

struct finish {
  colour shell;
  colour shade;
  colour light;
};

constexpr finish finishes[] = {
    {rgb(0xC9D2DE), rgb(0x8793A6), rgb(0x3DE0FF)},
    {rgb(0xE9785A), rgb(0xB34A33), rgb(0xFFF27A)},
    {rgb(0x6FB98F), rgb(0x3C7A5A), rgb(0xFF6B6B)},
    {rgb(0xF0C94E), rgb(0xB98E1F), rgb(0x5CE1FF)},
};

constexpr colour outline = rgb(0x161A24);
constexpr double edge = 0.055;

void paint_body(cairo_t* pen, const finish& look) {
  rounded_box(pen, {-0.28, 0.7}, 0.56, 0.6, 0.08);
  fill_and_edge(pen, look.shade, outline, edge);
  rounded_box(pen, {-1.3, 1.15}, 2.6, 2.4, 0.35);
  fill_and_edge(pen, look.shell, outline, edge);
  rounded_box(pen, {-0.7, 1.5}, 1.4, 0.8, 0.12);
  fill_and_edge(pen, look.shade, outline, edge);
  for (int i = 0; i < 3; ++i) {
    circle(pen, {-0.4 + 0.4 * i, 1.75}, 0.1);
    fill_and_edge(pen, i == 0 ? look.light : look.shell, outline, edge * 0.7);
  }
}

void paint_head(cairo_t* pen, const finish& look) {
  use(pen, outline);
  cairo_set_line_width(pen, edge * 1.6);
  cairo_move_to(pen, 0, -0.85);
  cairo_line_to(pen, 0, -1.25);
  cairo_stroke(pen);
  circle(pen, {0, -1.33}, 0.13);
  fill_and_edge(pen, look.light, outline, edge);
  glow(pen, {0, -1.33}, 0.45, look.light, 0.8);
  for (const double side : {-1.18, 0.98}) {
    rounded_box(pen, {side, -0.3}, 0.2, 0.55, 0.08);
    fill_and_edge(pen, look.shade, outline, edge);
  }
  rounded_box(pen, {-1.02, -0.88}, 2.04, 1.7, 0.32);
  fill_and_edge(pen, look.shell, outline, edge);
  rounded_box(pen, {-0.82, -0.6}, 1.64, 0.72, 0.28);
  fill_and_edge(pen, rgb(0x222838), outline, edge);
}

void paint_face(cairo_t* pen, const finish& look, double glance) {
  for (const double side : {-0.4, 0.4}) {
    circle(pen, {side + glance, -0.24}, 0.19);
    fill(pen, look.light);
    glow(pen, {side + glance, -0.24}, 0.5, look.light, 0.7);
    circle(pen, {side + glance + 0.05, -0.3}, 0.06);
    fill(pen, white);
  }
  rounded_box(pen, {-0.5, 0.32}, 1.0, 0.28, 0.1);
  fill_and_edge(pen, white, outline, edge);
  cairo_set_line_width(pen, edge * 0.8);
  use(pen, outline);
  for (int i = 1; i < 5; ++i) {
    cairo_move_to(pen, -0.5 + 0.2 * i, 0.32);
    cairo_line_to(pen, -0.5 + 0.2 * i, 0.6);
  }
  cairo_stroke(pen);
}

} // namespace

void paint_robot(cairo_t* pen, random_source& random) {
  const auto& look = finishes[random.index(std::size(finishes))];
  const auto glance = random.between(-0.1, 0.1);
  const saved_pen saved{pen};
  cairo_set_line_join(pen, CAIRO_LINE_JOIN_ROUND);
  paint_body(pen, look);
  paint_head(pen, look);
  paint_face(pen, look, glance);
}

} // namespace meme::sketch
