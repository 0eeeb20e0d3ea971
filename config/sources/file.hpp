#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <caf/config_value.hpp>

#include "messages/error.hpp"

namespace meme::config {

/// One `key = value` of a configuration file.
struct file_entry {
  std::string key; ///< with its sections: cache.ttl
  int line = 0;    ///< from 1
  caf::config_value value;
};

/// What stands in a configuration file, in CAF's format: `[section]` or `section { … }`, comments
/// behind `;`, "text", 64, 30s, 'atom', [lists].
struct file_content {
  std::vector<file_entry> entries;
  /// A line each, `<line>:<column>: ` or `<line>: ` and why. They never quote the file, which may
  /// hold a secret.
  std::vector<std::string> problems;
  bool complete = true; ///< whether the file could be read to its end
};

/// The grammar is CAF's, by its own parser. What becomes of the keys is not: CAF 0.17 drops a key
/// that it does not know, one that stands twice, and a block that is not closed, without a word.
file_content parse_file(std::string_view text);

/// The first `max_bytes` of a file.
expected<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// Whether nobody but this process's user and root may have written the file: it is one of these
/// two's, and so is the link that leads to it where it is one, and not everybody may write to it.
bool is_ours_alone(const std::string& path);

} // namespace meme::config
