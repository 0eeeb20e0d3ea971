#include "actors/pictures/recompress_program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <iostream>
#include <new>

#include "actors/io/unique_fd.hpp"
#include "actors/pictures/codecs/codec.hpp"
#include "actors/pictures/formats/picture_check.hpp"
#include "actors/pictures/jpeg_efforts.hpp"

namespace meme::recompression {

namespace {

// Sanitizers reserve terabytes of addresses, and open files of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

void limit(int resource, rlim_t most) {
  const rlimit both{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// What this process needs beside the pixels: the program, its libraries, the picture itself.
constexpr std::size_t other_addresses = std::size_t{512} << 20;

void limit_this_process(const fit_limits& limits, rlim_t seconds) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // the service is gone: there is no one to take the picture
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, seconds);
  limit(RLIMIT_FSIZE, limits.bytes);
  if (!is_sanitized)
    limit(RLIMIT_AS, limits.max_pixels * decoded_bytes_per_pixel * 2 + other_addresses);
  // Where memory is short the kernel takes this process, not the service.
  if (const io::unique_fd file{::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)})
      [[maybe_unused]]
    const auto written = ::write(file.get(), "1000", 4);
  // A picture that takes its decoder over gets no further file, connection or process: those of
  // this user may be secrets.
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!is_sanitized) {
    limit(RLIMIT_NOFILE, 0);
    limit(RLIMIT_NPROC, 0);
  }
}

bool read_picture(std::string& bytes) {
  struct stat file {};
  if (::fstat(STDIN_FILENO, &file) != 0 || file.st_size <= 0)
    return false;
  bytes.resize(static_cast<std::size_t>(file.st_size));
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count =
        ::pread(STDIN_FILENO, &bytes[done], bytes.size() - done, static_cast<off_t>(done));
    if (count <= 0)
      return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

bool write_picture(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count = ::write(STDOUT_FILENO, &bytes[done], bytes.size() - done);
    if (count <= 0)
      return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

template <class Number>
bool read_number(const char* text, Number& number) {
  const auto* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  return error == std::errc{} && stop == end;
}

fit_failure does_not_fit_because(std::string text) {
  return {false, std::move(text)};
}

} // namespace

fit_result fit_picture(const std::string& bytes, const fit_limits& limits) {
  const auto found = inspect_picture(bytes);
  if (const auto* fault = std::get_if<picture_fault>(&found))
    return fit_failure{!fault->permanent, fault->text};
  const auto size = dimensions(bytes);
  if (!size)
    return does_not_fit_because("it says no width and height");
  if (const auto count = std::uint64_t{size->width} * size->height; count > limits.max_pixels)
    return does_not_fit_because("its " + std::to_string(count) + " pixels are more than the "
                                + std::to_string(limits.max_pixels) + " that are decoded");
  try {
    const auto decoded = decode(std::get<complete_picture>(found).type, bytes);
    std::size_t last = 0;
    for (const auto& effort : jpeg_efforts) {
      auto made =
          encode_jpeg(decoded, effort.quality, effort.full_chroma ? chroma::full : chroma::quarter);
      last = made.size();
      if (last <= limits.bytes)
        return picture{picture_type::jpeg, std::move(made)};
    }
    return does_not_fit_because("as a JPEG of the lowest quality it has " + std::to_string(last));
  } catch (const broken_picture& e) {
    return fit_failure{true, std::string{"it cannot be decoded: "} + e.what()};
  } catch (const std::bad_alloc&) {
    return does_not_fit_because("decoding it takes too much memory");
  } catch (const std::exception& e) {
    return does_not_fit_because(std::string{"it cannot be decoded: "} + e.what());
  }
}

int run_recompress_command(int argc, const char* const* argv) {
  fit_limits limits;
  rlim_t seconds = 0;
  if (argc != 5 || !read_number(argv[2], limits.bytes) || !read_number(argv[3], limits.max_pixels)
      || !read_number(argv[4], seconds)) {
    std::cerr << "usage: meme-generator " << recompress_command
              << " BYTES PIXELS SECONDS < file > jpeg\n";
    return 2;
  }
  limit_this_process(limits, seconds);
  std::string bytes;
  if (!read_picture(bytes)) {
    std::cerr << "stdin is no file, or an empty one";
    return 2;
  }
  const auto result = fit_picture(bytes, limits);
  if (const auto* failed = std::get_if<fit_failure>(&result)) {
    std::cerr << failed->text;
    return failed->broken ? broken : does_not_fit;
  }
  return write_picture(std::get<picture>(result).bytes) ? fits : does_not_fit;
}

} // namespace meme::recompression
