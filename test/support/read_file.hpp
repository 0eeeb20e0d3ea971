#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace meme::test {

/// What `file` holds from byte `begin` on; empty where it does not exist.
std::string read_file(const std::filesystem::path& file, std::uintmax_t begin = 0);

} // namespace meme::test
