#pragma once

#include "sketch-server/drawing/canvas.hpp"
#include "sketch-server/drawing/caption.hpp"

namespace meme::sketch {

/// Sets the caption in bold white capitals with a black edge, centred at the top and the bottom,
/// both in the largest size at which they fit. A caption too long for any readable size is cut
/// with an ellipsis. The typeface is the first of a list of bold condensed ones that is installed.
void paint_caption(const canvas& target, const caption& words);

} // namespace meme::sketch
