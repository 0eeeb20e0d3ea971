#include "sketch-server/drawing/sketch.hpp"

#include <algorithm>
#include <stdexcept>

#include "sketch-server/drawing/backdrop.hpp"
#include "sketch-server/drawing/jpeg.hpp"
#include "sketch-server/drawing/lettering.hpp"
#include "sketch-server/drawing/png.hpp"

namespace meme::sketch {

std::string draw(const picture_order& order) {
  const canvas picture{order.size.width, order.size.height};
  random_source random{picture_seed(order.prompt, order.seed)};
  paint_backdrop(picture, order.prompt, random);
  paint_caption(picture, caption_of(order.prompt));
  return order.format == picture_format::png ? encode_png(picture) : encode_jpeg(picture);
}

std::string draw_exactly(std::size_t bytes, picture_size size) {
  for (;;) {
    if (auto padded = pad_png(draw({"sketch", size, 0, picture_format::png}), bytes))
      return *padded;
    if (size.width == 1 && size.height == 1)
      throw std::runtime_error{"no PNG is as short as " + std::to_string(bytes) + " bytes"};
    size = {std::max(1, size.width / 2), std::max(1, size.height / 2)};
  }
}

} // namespace meme::sketch
