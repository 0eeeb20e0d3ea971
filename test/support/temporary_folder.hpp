#pragma once

#include <filesystem>

namespace meme::test {

/// A test's own folder, removed at its end; kept if MEME_TEST_KEEP is set.
class temporary_folder {
public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

} // namespace meme::test
