#include "test/support/read_file.hpp"

#include <fstream>
#include <sstream>

namespace meme::test {

std::string read_file(const std::filesystem::path& file, std::uintmax_t begin) {
  std::ifstream stream{file, std::ios::binary};
  stream.seekg(static_cast<std::streamoff>(begin));
  std::ostringstream contents;
  contents << stream.rdbuf();
  return contents.str();
}

} // namespace meme::test
