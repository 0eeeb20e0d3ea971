#pragma once

#include <cstdint>
#include <initializer_list>
#include <utility>

#include <cairo.h>

namespace meme::sketch {

/// Each channel in [0, 1].
struct colour {
  double red = 0;
  double green = 0;
  double blue = 0;
};

/// From 0xRRGGBB.
constexpr colour rgb(std::uint32_t code) {
  return {(code >> 16 & 0xFF) / 255.0, (code >> 8 & 0xFF) / 255.0, (code & 0xFF) / 255.0};
}

/// `from` at 0, `to` at 1.
constexpr colour mix(const colour& from, const colour& to, double part) {
  return {from.red + (to.red - from.red) * part, from.green + (to.green - from.green) * part,
          from.blue + (to.blue - from.blue) * part};
}

constexpr colour black = rgb(0x000000);
constexpr colour white = rgb(0xFFFFFF);

struct point {
  double x = 0;
  double y = 0;
};

/// What is drawn next is drawn in it.
void use(cairo_t* pen, const colour& ink, double alpha = 1);

/// Fills what was outlined last; the outline is gone afterwards.
void fill(cairo_t* pen, const colour& ink, double alpha = 1);

/// Fills what was outlined last and draws its edge, `width` in the pen's units.
void fill_and_edge(cairo_t* pen, const colour& ink, const colour& edge, double width);

void polygon(cairo_t* pen, std::initializer_list<point> corners);
void ellipse(cairo_t* pen, point centre, double x_radius, double y_radius);
inline void circle(cairo_t* pen, point centre, double radius) {
  ellipse(pen, centre, radius, radius);
}
void rounded_box(cairo_t* pen, point corner, double width, double height, double radius);

/// A vertical blend over the rectangle from `top` to `bottom`.
struct colour_stop {
  double at = 0; ///< 0 at the top, 1 at the bottom
  colour ink;
  double alpha = 1;
};
void vertical_blend(cairo_t* pen, double width, double top, double bottom,
                    std::initializer_list<colour_stop> stops);

/// Light that fades out to nothing at `radius`.
void glow(cairo_t* pen, point centre, double radius, const colour& ink, double alpha);

/// Undoes changes of the pen's coordinates, clip and ink at the end of a block.
class saved_pen {
public:
  explicit saved_pen(cairo_t* pen) : pen_{pen} { cairo_save(pen_); }
  ~saved_pen() { cairo_restore(pen_); }
  saved_pen(const saved_pen&) = delete;
  saved_pen& operator=(const saved_pen&) = delete;

private:
  cairo_t* pen_;
};

} // namespace meme::sketch
