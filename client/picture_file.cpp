#include "client/picture_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <system_error>

#include "actors/pictures/formats/picture_check.hpp"

namespace meme::client {

namespace {

struct file_closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

using file_ptr = std::unique_ptr<std::FILE, file_closer>;

[[noreturn]] void fail(const std::filesystem::path& file) {
  throw std::system_error{errno, std::generic_category(), "cannot write " + file.string()};
}

void write_and_close(file_ptr file, const std::filesystem::path& name, std::string_view image) {
  const auto written = std::fwrite(image.data(), 1, image.size(), file.get());
  // A full disk often shows only when the buffer is flushed.
  if (written != image.size() || std::fflush(file.get()) != 0)
    fail(name);
}

} // namespace

std::string_view extension_of(std::string_view image) {
  const auto found = inspect_picture(image, checksums::ignored);
  const auto* whole = std::get_if<complete_picture>(&found);
  return whole == nullptr ? "" : file_extension(whole->type);
}

std::string file_stem(std::string_view request_id) {
  constexpr std::size_t max_bytes = 100;
  static constexpr std::string_view kept =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  std::string stem{request_id.substr(0, max_bytes)};
  std::replace_if(
      stem.begin(), stem.end(), [](char c) { return kept.find(c) == kept.npos; }, '_');
  if (stem.empty())
    return "meme";
  if (stem.front() == '.')
    stem.front() = '_';
  if (stem.front() == '-')
    stem.insert(stem.begin(), '_');
  stem.resize(std::min(stem.size(), max_bytes));
  return stem;
}

namespace {

/// The files that one stem may have in a folder, by their numbers from 1 on.
class numbered_files {
public:
  numbered_files(const std::filesystem::path& folder, const std::string& stem,
                 std::string_view extension)
      : start_{folder / stem}, end_{"." + std::string{extension}} {}

  std::filesystem::path name(std::uint64_t number) const {
    auto result = start_;
    return result += (number == 1 ? "" : "-" + std::to_string(number)) + end_;
  }

  /// A free number whose predecessor is taken; if no file was removed, that is the first free one.
  /// Doubles a number until it is free, then halves the gap. So many files of one stem cost little
  /// more than a few.
  std::uint64_t first_free() const {
    std::uint64_t taken = 0;
    std::uint64_t free = 1;
    while (is_taken(free)) {
      taken = free;
      free *= 2;
    }
    while (free - taken > 1) {
      const auto middle = taken + (free - taken) / 2;
      (is_taken(middle) ? taken : free) = middle;
    }
    return free;
  }

private:
  bool is_taken(std::uint64_t number) const {
    // Not `exists`: a link that leads nowhere is taken, too.
    return std::filesystem::symlink_status(name(number)).type()
           != std::filesystem::file_type::not_found;
  }

  std::filesystem::path start_;
  std::string end_;
};

} // namespace

std::filesystem::path save_new_file(const std::filesystem::path& folder,
                                    std::string_view request_id, std::string_view image) {
  std::filesystem::create_directories(folder);
  const numbered_files files{folder, file_stem(request_id), extension_of(image)};
  for (auto number = files.first_free();; ++number) {
    const auto name = files.name(number);
    // C11's "x" is O_EXCL: atomic, and does not follow a link.
    if (file_ptr file{std::fopen(name.c_str(), "wbx")}) {
      write_and_close(std::move(file), name, image);
      return name;
    }
    if (errno != EEXIST)
      fail(name);
  }
}

void save_file(const std::filesystem::path& file, std::string_view image) {
  file_ptr handle{std::fopen(file.c_str(), "wb")};
  if (!handle)
    fail(file);
  write_and_close(std::move(handle), file, image);
}

} // namespace meme::client
