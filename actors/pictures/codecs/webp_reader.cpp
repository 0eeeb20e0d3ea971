#include <memory>
#include <new>

#include <webp/decode.h>
#include <webp/demux.h>

#include "actors/pictures/codecs/colours.hpp"
#include "actors/pictures/codecs/decoders.hpp"
#include "actors/pictures/formats/picture_metadata.hpp"

namespace meme::recompression {

namespace {

struct animation_deleter {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

/// The first picture of an animation, as it stands on the canvas. RGBA.
std::vector<std::uint8_t> decode_first(std::string_view bytes, std::size_t size) {
  const WebPData data{as_bytes(bytes), bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, animation_deleter> decoder{
      WebPAnimDecoderNew(&data, nullptr)};
  std::uint8_t* canvas = nullptr;
  int time_ms = 0;
  if (!decoder || WebPAnimDecoderGetNext(decoder.get(), &canvas, &time_ms) == 0)
    throw broken_picture("WebP: its first picture cannot be decoded");
  return {canvas, canvas + size};
}

std::vector<std::uint8_t> decode_still(std::string_view bytes, std::size_t size, int stride) {
  std::vector<std::uint8_t> rgba(size);
  if (WebPDecodeRGBAInto(as_bytes(bytes), bytes.size(), rgba.data(), rgba.size(), stride)
      == nullptr)
    throw broken_picture("WebP: cannot be decoded");
  return rgba;
}

} // namespace

pixels decode_webp(std::string_view bytes) {
  WebPBitstreamFeatures seen{};
  if (WebPGetFeatures(as_bytes(bytes), bytes.size(), &seen) != VP8_STATUS_OK)
    throw broken_picture("WebP: no header");
  pixels result{
      static_cast<std::uint32_t>(seen.width), static_cast<std::uint32_t>(seen.height), {}};
  const auto count = std::size_t{result.width} * result.height;
  auto& rgba = result.rgb;
  rgba = seen.has_animation != 0 ? decode_first(bytes, count * 4)
                                 : decode_still(bytes, count * 4, seen.width * 4);
  const auto transform =
      colour_transform::from_profile(profile_of(picture_type::webp, bytes), samples::rgba_8);
  if (transform)
    transform.apply(rgba.data(), rgba.data(), count);
  lay_on_white(rgba.data(), rgba.data(), count);
  rgba.resize(count * 3);
  return result;
}

} // namespace meme::recompression
