#pragma once

#include <memory>

#include <cairo.h>

namespace meme::sketch {

/// A picture in memory to draw on: 32 bits a pixel, opaque.
class canvas {
public:
  /// Sizes in pixels. Throws std::runtime_error where Cairo cannot make it.
  canvas(int width, int height);

  int width() const { return width_; }
  int height() const { return height_; }
  cairo_t* pen() const { return pen_.get(); }

  /// Everything drawn so far is in it. Throws std::runtime_error if any drawing failed.
  cairo_surface_t* finished() const;

private:
  struct release {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* pen) const { cairo_destroy(pen); }
  };

  int width_;
  int height_;
  std::unique_ptr<cairo_surface_t, release> surface_;
  std::unique_ptr<cairo_t, release> pen_;
};

} // namespace meme::sketch
