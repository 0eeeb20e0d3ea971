#include "sketch-server/drawing/canvas.hpp"

#include <stdexcept>
#include <string>

namespace meme::sketch {

namespace {

void check(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error{std::string{"cannot draw: "} + cairo_status_to_string(status)};
}

} // namespace

canvas::canvas(int width, int height)
    : width_{width},
      height_{height},
      surface_{cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)},
      pen_{cairo_create(surface_.get())} {
  check(cairo_status(pen_.get()));
}

cairo_surface_t* canvas::finished() const {
  check(cairo_status(pen_.get()));
  cairo_surface_flush(surface_.get());
  return surface_.get();
}

} // namespace meme::sketch
