#include "client/picture_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "actors/policy/picture_check.hpp"

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
  const auto found = policy::inspect_picture(image);
  const auto* type = std::get_if<picture_type>(&found);
  return type == nullptr ? "bin" : file_extension(*type);
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
  return stem;
}

std::filesystem::path save_new_file(const std::filesystem::path& folder,
                                    std::string_view request_id, std::string_view image) {
  std::filesystem::create_directories(folder);
  const auto stem = file_stem(request_id);
  const auto extension = "." + std::string{extension_of(image)};
  for (int number = 1;; ++number) {
    const auto suffix = number == 1 ? std::string{} : "-" + std::to_string(number);
    const auto name = folder / (stem + suffix + extension);
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
