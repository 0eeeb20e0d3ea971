#pragma once

#include "sketch-server/drawing/paint.hpp"
#include "sketch-server/drawing/random.hpp"

namespace meme::sketch {

// Each draws a head about as large as the unit circle at the origin, and shoulders down to 3.
void paint_cat(cairo_t* pen, random_source& random);
void paint_dog(cairo_t* pen, random_source& random);
void paint_robot(cairo_t* pen, random_source& random);

/// A glass bubble over the head, for places without air.
void paint_helmet(cairo_t* pen);

} // namespace meme::sketch
