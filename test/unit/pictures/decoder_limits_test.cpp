// What a picture may cost while it is decoded, whatever its size in bytes says: docs/limits.md.
#define BOOST_TEST_MODULE decoder_limits
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <jpeglib.h>
#include <lcms2.h>
#include <png.h>

#include "actors/pictures/codecs/codec.hpp"
#include "actors/pictures/recompress_program.hpp"
#include "test/support/sanitized.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using recompression::decode;

namespace {

constexpr int coefficients = 64; // of a block

jpeg_scan_info scan_of(int component, int from, int to) {
  jpeg_scan_info scan{};
  scan.comps_in_scan = 1;
  scan.component_index[0] = component;
  scan.Ss = from;
  scan.Se = to;
  return scan;
}

/// So many scans, from 4 to 190: one for all the means, then mostly one for each coefficient.
std::vector<jpeg_scan_info> scans(int count) {
  jpeg_scan_info means{};
  means.comps_in_scan = 3;
  for (int component = 0; component < 3; ++component)
    means.component_index[component] = component;
  std::vector<jpeg_scan_info> all{means};
  for (int component = 0; component < 3; ++component) {
    auto left = count - static_cast<int>(all.size()) - (2 - component); // one for each later one
    for (int at = 1; at < coefficients; ++at, --left) {
      const auto last = left == 1 ? coefficients - 1 : at;
      all.push_back(scan_of(component, at, last));
      if (last == coefficients - 1)
        break;
    }
  }
  return all;
}

std::string jpeg_of(const std::vector<jpeg_scan_info>& script) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* made = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &made, &size);
  jpeg.image_width = 16;
  jpeg.image_height = 16;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg.scan_info = script.data();
  jpeg.num_scans = static_cast<int>(script.size());
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<std::uint8_t> row(16 * 3, 99);
  JSAMPROW line = row.data();
  for (int y = 0; y < 16; ++y)
    jpeg_write_scanlines(&jpeg, &line, 1);
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string bytes{reinterpret_cast<char*>(made), size};
  std::free(made);
  return bytes;
}

/// A PNG of one gray.
std::string gray_png(std::uint32_t side, std::uint8_t level) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = side;
  image.height = side;
  image.format = PNG_FORMAT_RGB;
  const std::vector<std::uint8_t> rgb(std::size_t{side} * side * 3, level);
  png_alloc_size_t size = 0;
  BOOST_REQUIRE(png_image_write_to_memory(&image, nullptr, &size, 0, rgb.data(), 0, nullptr) != 0);
  std::string bytes(size, '\0');
  BOOST_REQUIRE(png_image_write_to_memory(&image, bytes.data(), &size, 0, rgb.data(), 0, nullptr)
                != 0);
  return bytes;
}

std::string zipped(const std::string& data) {
  auto size = ::compressBound(data.size());
  std::string result(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(result.data()), &size,
             reinterpret_cast<const Bytef*>(data.data()), data.size());
  result.resize(size);
  return result;
}

std::string with_chunk(const std::string& png, std::string_view type, const std::string& data) {
  constexpr std::size_t signature_and_header = 8 + 25;
  return png.substr(0, signature_and_header) + test::png_chunk(type, data)
         + png.substr(signature_and_header);
}

/// A profile of linear light, of so many bytes: behind what it says there are zeros.
std::string profile_of(std::size_t bytes) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  auto* curve = cmsBuildGamma(nullptr, 1.0);
  cmsToneCurve* curves[] = {curve, curve, curve};
  auto* made = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsFreeToneCurve(curve);
  cmsUInt32Number size = 0;
  BOOST_REQUIRE(cmsSaveProfileToMem(made, nullptr, &size) != 0);
  std::string profile(size, '\0');
  BOOST_REQUIRE(cmsSaveProfileToMem(made, profile.data(), &size) != 0);
  cmsCloseProfile(made);
  profile.resize(bytes);
  return profile.replace(0, 4, test::big_endian(static_cast<std::uint32_t>(bytes), 4));
}

std::string png_with_profile(std::size_t bytes) {
  return with_chunk(gray_png(8, 128), "iCCP", std::string("p\0\0", 3) + zipped(profile_of(bytes)));
}

/// Of this process, in bytes.
std::size_t addresses_in_use() {
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// The exit status of `run`, in a child of this process that has the picture as its stdin.
template <class Run>
int status_of(const std::string& picture, const Run& run) {
  const auto child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    auto* file = std::tmpfile();
    std::fwrite(picture.data(), 1, picture.size(), file);
    std::fflush(file);
    ::dup2(::fileno(file), STDIN_FILENO);
    ::dup2(::memfd_create("jpeg", 0), STDOUT_FILENO);
    ::_exit(run());
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int run_program(std::size_t pixels) {
  const auto most = std::to_string(pixels);
  const char* arguments[] = {"meme-generator", recompression::recompress_command, "1000000",
                             most.c_str(), "60"};
  return recompression::run_recompress_command(5, arguments);
}

/// How the program ends that is given this picture, where only `spare` bytes are left of the
/// addresses that it may have for `pixels`.
int status_with(std::size_t spare, const std::string& picture, std::size_t pixels) {
  return status_of(picture, [&] {
    const auto allowed = pixels * 16 + (std::size_t{512} << 20);
    const auto taken = allowed - addresses_in_use() - spare;
    const auto* none =
        ::mmap(nullptr, taken, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return none == MAP_FAILED ? 1 : run_program(pixels);
  });
}

} // namespace

BOOST_AUTO_TEST_CASE(a_jpeg_of_a_hundred_scans_is_decoded_and_of_more_is_not) {
  for (const auto count : {10, 99, 100}) {
    const auto script = scans(count);
    BOOST_REQUIRE_EQUAL(script.size(), static_cast<std::size_t>(count));
    BOOST_TEST(std::abs(decode(picture_type::jpeg, jpeg_of(script)).rgb.at(0) - 99) <= 1);
  }
  for (const auto count : {101, 190})
    BOOST_CHECK_EXCEPTION(decode(picture_type::jpeg, jpeg_of(scans(count))),
                          recompression::unsupported_picture, [](const std::exception& error) {
                            return std::string{error.what()} == "JPEG: more than 100 scans";
                          });
}

BOOST_AUTO_TEST_CASE(a_chunk_of_more_than_four_mebibytes_is_dropped) {
  constexpr std::size_t mebibyte = 1 << 20;
  const auto level = [](const std::string& png) { return decode(picture_type::png, png).rgb[0]; };
  // Half of the light is 188 in sRGB. Without the profile 128 stay 128.
  BOOST_TEST(std::abs(level(png_with_profile(3 * mebibyte)) - 188) <= 3);
  BOOST_TEST(level(png_with_profile(5 * mebibyte)) == 128);
  const std::string text(64 * mebibyte, 'x'); // 64 KB when compressed
  BOOST_TEST(level(with_chunk(gray_png(8, 128), "zTXt", std::string("c\0\0", 3) + zipped(text)))
             == 128);
}

BOOST_AUTO_TEST_CASE(a_picture_that_needs_more_memory_than_it_may_have_is_too_large) {
  if (test::sanitized)
    return;                           // the program does not limit its addresses then
  constexpr std::size_t side = 4'096; // 48 MiB when decoded: more than malloc takes from its heap
  const auto picture = gray_png(side, 128);
  BOOST_TEST(status_with(std::size_t{256} << 20, picture, side * side) == recompression::fits);
  BOOST_TEST(status_with(std::size_t{16} << 20, picture, side * side)
             == recompression::does_not_fit);
}

BOOST_AUTO_TEST_CASE(a_decoder_may_open_no_file_and_no_connection) {
  if (test::sanitized)
    return; // the program does not limit its files then
  const auto status = status_of(gray_png(64, 128), [] {
    if (const auto ended = run_program(64 * 64); ended != recompression::fits)
      return ended;
    const auto opened = ::open("/dev/null", O_RDONLY) >= 0;
    const auto connects = ::socket(AF_INET, SOCK_STREAM, 0) >= 0;
    return opened || connects ? 1 : 0;
  });
  BOOST_TEST(status == 0);
}
