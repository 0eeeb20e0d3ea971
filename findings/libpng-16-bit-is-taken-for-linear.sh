#!/usr/bin/env bash
# libpng's simplified API takes a 16-bit PNG without colour chunks for linear light, and the 8-bit
# one with the same values for sRGB: the same grey comes out as 118 and as 46 (of 255).
#
# Versions:  libpng 1.6.39 of Debian 12, pictures made by pillow 13.0.0
# Guess:     12000 of 65535 in 16 bits is 46 or 47 of 255 in 8 bits
# Seen:      16-bit: 118; 8-bit: 46
# shellcheck source=findings/support/setup.sh
source "$(dirname "$0")/support/setup.sh"
debian_with libpng-dev=1.6.39-2+deb12u6 libpng16-16=1.6.39-2+deb12u6
python_with pillow==13.0.0
"$python" - "$scratch" <<'PY'
import sys
from PIL import Image
Image.new("I;16", (8, 8), 12000).save(sys.argv[1] + "/16.png")
Image.new("L", (8, 8), 46).save(sys.argv[1] + "/8.png")
PY
cat > "$scratch/test.cpp" <<'CPP'
#include <cstring>
#include <iostream>
#include <png.h>

int main(int, char** argv) {
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  png_image_begin_read_from_file(&image, argv[1]);
  image.format = PNG_FORMAT_RGB;
  unsigned char pixels[8 * 8 * 3] = {};
  png_image_finish_read(&image, nullptr, pixels, 0, nullptr);
  std::cout << int{pixels[0]} << std::endl;
}
CPP
compile c++17 "$scratch/test.cpp" png
deep=$("$scratch/program" "$scratch/16.png")
plain=$("$scratch/program" "$scratch/8.png")
echo "libpng 1.6.39: 12000/65535 in 16 bits becomes $deep, 46/255 in 8 bits $plain"
test "$deep" = 118
test "$plain" = 46
