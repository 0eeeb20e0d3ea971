#include "sketch-server/drawing/paint.hpp"

#include <cmath>
#include <memory>

namespace meme::sketch {

namespace {

constexpr double pi = 3.14159265358979323846;

struct pattern_release {
  void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using pattern = std::unique_ptr<cairo_pattern_t, pattern_release>;

void add_stop(const pattern& target, double at, const colour& ink, double alpha) {
  cairo_pattern_add_color_stop_rgba(target.get(), at, ink.red, ink.green, ink.blue, alpha);
}

} // namespace

void use(cairo_t* pen, const colour& ink, double alpha) {
  cairo_set_source_rgba(pen, ink.red, ink.green, ink.blue, alpha);
}

void fill(cairo_t* pen, const colour& ink, double alpha) {
  use(pen, ink, alpha);
  cairo_fill(pen);
}

void fill_and_edge(cairo_t* pen, const colour& ink, const colour& edge, double width) {
  use(pen, ink);
  cairo_fill_preserve(pen);
  use(pen, edge);
  cairo_set_line_width(pen, width);
  cairo_stroke(pen);
}

void polygon(cairo_t* pen, std::initializer_list<point> corners) {
  cairo_new_sub_path(pen);
  for (const auto& corner : corners)
    cairo_line_to(pen, corner.x, corner.y);
  cairo_close_path(pen);
}

void ellipse(cairo_t* pen, point centre, double x_radius, double y_radius) {
  const saved_pen saved{pen};
  cairo_translate(pen, centre.x, centre.y);
  cairo_scale(pen, x_radius, y_radius);
  cairo_new_sub_path(pen);
  cairo_arc(pen, 0, 0, 1, 0, 2 * pi);
  cairo_close_path(pen);
}

void rounded_box(cairo_t* pen, point corner, double width, double height, double radius) {
  const auto right = corner.x + width - radius;
  const auto bottom = corner.y + height - radius;
  cairo_new_sub_path(pen);
  cairo_arc(pen, right, corner.y + radius, radius, -pi / 2, 0);
  cairo_arc(pen, right, bottom, radius, 0, pi / 2);
  cairo_arc(pen, corner.x + radius, bottom, radius, pi / 2, pi);
  cairo_arc(pen, corner.x + radius, corner.y + radius, radius, pi, 3 * pi / 2);
  cairo_close_path(pen);
}

void vertical_blend(cairo_t* pen, double width, double top, double bottom,
                    std::initializer_list<colour_stop> stops) {
  const pattern blend{cairo_pattern_create_linear(0, top, 0, bottom)};
  for (const auto& stop : stops)
    add_stop(blend, stop.at, stop.ink, stop.alpha);
  cairo_set_source(pen, blend.get());
  cairo_rectangle(pen, 0, top, width, bottom - top);
  cairo_fill(pen);
}

void glow(cairo_t* pen, point centre, double radius, const colour& ink, double alpha) {
  const pattern light{
      cairo_pattern_create_radial(centre.x, centre.y, 0, centre.x, centre.y, radius)};
  // Two stops would leave a visible cone; light falls off faster at first.
  add_stop(light, 0, ink, alpha);
  add_stop(light, 0.3, ink, alpha * 0.45);
  add_stop(light, 0.65, ink, alpha * 0.12);
  add_stop(light, 1, ink, 0);
  cairo_set_source(pen, light.get());
  circle(pen, centre, radius);
  cairo_fill(pen);
}

} // namespace meme::sketch
