// Bytes that may be a picture: what the check of a container says, and what is read from its
// metadata before it is decoded.

#include "actors/pictures/formats/picture_check.hpp"
#include "actors/pictures/formats/picture_metadata.hpp"
#include "test/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  const auto bytes = fuzz::text_of(data, size);
  for (auto wanted : {checksums::verified, checksums::ignored}) {
    const auto found = inspect_picture(bytes, wanted);
    if (const auto* whole = std::get_if<complete_picture>(&found)) {
      fuzz::require(whole->size > 0 && whole->size <= size, "a picture ends within the bytes");
      const auto again = inspect_picture(bytes.substr(0, whole->size), wanted);
      const auto* same = std::get_if<complete_picture>(&again);
      fuzz::require(same != nullptr && same->size == whole->size,
                    "what is cut off changes nothing");
    } else {
      fuzz::require(fuzz::is_line(std::get<picture_fault>(found).text, 100), "a fault is a line");
    }
  }
  if (const auto seen = dimensions(bytes))
    fuzz::require(seen->width > 0 && seen->height > 0, "a size is not nothing");
  for (auto type : {picture_type::png, picture_type::jpeg, picture_type::webp}) {
    const auto turned = orientation_of(type, bytes);
    fuzz::require(turned >= 1 && turned <= 8, "an orientation is one of eight");
    fuzz::require(profile_of(type, bytes).size() <= size, "a profile is a part");
  }
  fuzz::require(essential_png(bytes).size() <= size, "nothing is added to a PNG");
  return 0;
}
