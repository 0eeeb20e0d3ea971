#include "actors/pictures/codecs/colours.hpp"

#include <lcms2.h>

namespace meme::recompression {

namespace {

struct profile_deleter {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using profile_ptr = std::unique_ptr<void, profile_deleter>;

profile_ptr open_profile(std::string_view icc) {
  return profile_ptr{cmsOpenProfileFromMem(icc.data(), static_cast<cmsUInt32Number>(icc.size()))};
}

cmsUInt32Number format_of(samples layout) {
  switch (layout) {
  case samples::gray_8:
    return TYPE_GRAY_8;
  case samples::rgb_8:
    return TYPE_RGB_8;
  case samples::rgba_8:
    return TYPE_RGBA_8;
  case samples::rgb_16:
    return TYPE_RGB_16;
  case samples::rgba_16:
    return TYPE_RGBA_16;
  case samples::cmyk_8:
    return TYPE_CMYK_8;
  case samples::inverted_cmyk_8:
    return TYPE_CMYK_8_REV;
  }
  return 0;
}

cmsColorSpaceSignature space_of(samples layout) {
  switch (layout) {
  case samples::gray_8:
    return cmsSigGrayData;
  case samples::cmyk_8:
  case samples::inverted_cmyk_8:
    return cmsSigCmykData;
  default:
    return cmsSigRgbData;
  }
}

std::shared_ptr<void> make_transform(const profile_ptr& source, samples layout) {
  const profile_ptr target{cmsCreate_sRGBProfile()};
  if (!source || !target || cmsGetColorSpace(source.get()) != space_of(layout))
    return {};
  const auto has_alpha = layout == samples::rgba_8 || layout == samples::rgba_16;
  auto* made = cmsCreateTransform(source.get(), format_of(layout), target.get(),
                                  has_alpha ? TYPE_RGBA_8 : TYPE_RGB_8, INTENT_PERCEPTUAL,
                                  has_alpha ? cmsFLAGS_COPY_ALPHA : 0);
  if (made == nullptr)
    return {};
  return {made, cmsDeleteTransform};
}

} // namespace

colour_transform colour_transform::from_profile(std::string_view icc, samples layout) {
  colour_transform result;
  if (!icc.empty())
    result.handle_ = make_transform(open_profile(icc), layout);
  return result;
}

colour_transform colour_transform::from_space(const rgb_space& space, samples layout) {
  const cmsCIExyY white{space.white_x, space.white_y, 1};
  const cmsCIExyYTRIPLE primaries{{space.red_x, space.red_y, 1},
                                  {space.green_x, space.green_y, 1},
                                  {space.blue_x, space.blue_y, 1}};
  auto* curve = cmsBuildGamma(nullptr, space.exponent);
  colour_transform result;
  if (curve == nullptr)
    return result;
  cmsToneCurve* curves[] = {curve, curve, curve};
  result.handle_ =
      make_transform(profile_ptr{cmsCreateRGBProfile(&white, &primaries, curves)}, layout);
  cmsFreeToneCurve(curve);
  return result;
}

void colour_transform::apply(const void* from, void* to, std::size_t count) const {
  cmsDoTransform(handle_.get(), from, to, static_cast<cmsUInt32Number>(count));
}

bool is_gray_profile(std::string_view icc) {
  const auto profile = open_profile(icc);
  return profile && cmsGetColorSpace(profile.get()) == cmsSigGrayData;
}

} // namespace meme::recompression
