#pragma once

#include "sketch-server/drawing/stage.hpp"

namespace meme::sketch {

// One file each. All cover the whole picture and leave its middle to a figure.
void paint_burst(const stage& where);     ///< the pinwheel of two colours that memes began with
void paint_city(const stage& where);      ///< a skyline at night
void paint_desert(const stage& where);    ///< dunes and cactuses under a low sun
void paint_mountains(const stage& where); ///< ridges in the haze, firs in front
void paint_sea(const stage& where);       ///< a sunset over water
void paint_space(const stage& where);     ///< a strange planet's ground, another one in the sky

} // namespace meme::sketch
