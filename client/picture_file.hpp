#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace meme::client {

/// File extension without the dot, told by the bytes themselves: png, jpg, webp, gif or avif; empty
/// for what is no complete picture of one of these types.
std::string_view extension_of(std::string_view image);

/// A file name made of a request's id, which a stranger chose: letters, digits, `-`, `_` and inner
/// dots are kept, anything else becomes `_`; up to 100 bytes, never empty, never hidden. `_` stands
/// before a `-` at the start, or a command that is given `*` would take the file for an option.
std::string file_stem(std::string_view request_id);

/// Writes the picture `image` to `folder`/<stem>.<extension>. If that file exists, it takes
/// <stem>-2.<extension>, and so on. It never overwrites a file and follows no link. If n files have
/// this stem, it looks for about 2 log2(n) of them. Returns the path of the file. Throws
/// std::system_error.
std::filesystem::path save_new_file(const std::filesystem::path& folder,
                                    std::string_view request_id, std::string_view image);

/// Writes `image` to exactly `file`, which the user named. Throws std::system_error.
void save_file(const std::filesystem::path& file, std::string_view image);

} // namespace meme::client
