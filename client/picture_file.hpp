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

/// Writes `image`, a picture, to `folder`/<stem>.<extension>, or to <stem>-2.<extension> and so on
/// where that exists: never overwrites and follows no link. Of n files with one stem it looks at
/// 2 log n. Returns where. Throws std::system_error.
std::filesystem::path save_new_file(const std::filesystem::path& folder,
                                    std::string_view request_id, std::string_view image);

/// Writes `image` to exactly `file`, which the user named. Throws std::system_error.
void save_file(const std::filesystem::path& file, std::string_view image);

} // namespace meme::client
