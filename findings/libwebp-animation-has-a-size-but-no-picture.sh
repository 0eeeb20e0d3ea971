#!/usr/bin/env bash
# libwebp tells width and height of an animated WebP without complaint, and then decodes nothing:
# not the first frame, as GIF readers do, and with no error but a null pointer.
#
# Versions:  libwebp 1.2.4 of Debian 12, pictures made by pillow 13.0.0
# Guess:     WebPDecodeRGB returns the first frame
# Seen:      WebPGetInfo 1 and 32x32 for both; WebPDecodeRGB null for the animation
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with libwebp-dev=1.2.4-0.2+deb12u1 libwebp7=1.2.4-0.2+deb12u1
python_with pillow==13.0.0
"$python" - "$scratch" <<'PY'
import sys
from PIL import Image
frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "green")]
frames[0].save(sys.argv[1] + "/still.webp")
frames[0].save(sys.argv[1] + "/moving.webp", save_all=True, append_images=frames[1:], duration=100)
PY
cat > "$scratch/test.cpp" <<'CPP'
#include <fstream>
#include <iostream>
#include <iterator>
#include <webp/decode.h>

int main(int, char** argv) {
  std::ifstream file{argv[1], std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  int width = 0;
  int height = 0;
  const auto known = WebPGetInfo(data, bytes.size(), &width, &height);
  std::cout << known << ' ' << width << 'x' << height << ' ';
  auto* pixels = WebPDecodeRGB(data, bytes.size(), &width, &height);
  std::cout << (pixels != nullptr ? "decoded" : "null") << std::endl;
  WebPFree(pixels);
}
CPP
compile c++17 "$scratch/test.cpp" webp
still=$("$scratch/program" "$scratch/still.webp")
moving=$("$scratch/program" "$scratch/moving.webp")
echo "libwebp 1.2.4: still $still, animated $moving"
test "$still" = "1 32x32 decoded"
test "$moving" = "1 32x32 null"
