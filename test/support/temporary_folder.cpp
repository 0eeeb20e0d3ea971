#include "test/support/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace meme::test {

temporary_folder::temporary_folder() {
  auto name = (std::filesystem::temp_directory_path() / "meme-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::system_error{errno, std::generic_category(), "cannot make " + name};
  path_ = name;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  if (std::getenv("MEME_TEST_KEEP") == nullptr)
    std::filesystem::remove_all(path_, ignored);
}

} // namespace meme::test
