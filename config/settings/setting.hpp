#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/address/host_port.hpp"
#include "config/address/nats_urls.hpp"
#include "config/address/redis_url.hpp"
#include "config/address/url.hpp"
#include "messages/error.hpp"

namespace meme::config {

using std::chrono::milliseconds;
using std::chrono::seconds;
using model_map = std::map<std::string, std::string>;

/// Where a setting's value lives, and with that its type.
using slot = std::variant<std::string*, bool*, std::uint32_t*, std::uint64_t*, double*,
                          milliseconds*, seconds*, model_map*, nats_urls*, redis_url*, http_url*,
                          listen_address*, std::optional<http_url>*, std::optional<std::string>*,
                          std::optional<std::uint32_t>*, std::optional<std::uint64_t>*,
                          std::optional<double>*>;

/// What must not be seen of a value. None but `nothing` is ever quoted in an error.
enum class secrecy {
  nothing,
  user,       ///< of a URL: the part before the @, and the query
  users,      ///< the same of each URL of a list
  everything, ///< a token
};

/// Why a text is refused: a verb and what follows ("has no port").
using text_check = error (*)(const std::string&);

/// A name that a setting had in an earlier release.
struct former_name {
  std::string key;         ///< in a file, and behind -- on a command line
  std::string environment; ///< follows from the key
};

/// One row of a table of settings: what the setting is called, where its value lives, what it
/// takes. File, environment, command line, help and dump are all derived from such rows.
///
/// A key without a dot is an option of a command: it has no place in the file or the environment.
struct setting {
  /// `environment` and the command line's names follow from the key: `cache.local-bytes` is
  /// MEME_CACHE_LOCAL_BYTES and --cache.local-bytes.
  setting(std::string key, slot target, std::string help);

  /// Gives the names that the service's contract promises, `alias` without its dashes, and what
  /// stands for the value in a help text. With `or_file`, the variable `<environment>_FILE` may
  /// name a file that holds the value.
  setting& contract(std::string environment, std::string alias, std::string placeholder);
  setting& placeholder(std::string word);
  setting& or_file();

  /// Adds a key that the setting had before it was renamed. The old key, and the variable and the
  /// option that follow from it, are still accepted, with a warning that names the new ones. It is
  /// an error to give an old and a new name together.
  setting& formerly(std::string old_key);

  /// Bounds, both included. Times are bounded in milliseconds.
  setting& range(std::uint64_t least, std::uint64_t most);
  setting& range(milliseconds least, milliseconds most);
  setting& bytes(std::uint64_t least, std::uint64_t most);

  /// A time for which a plain number means seconds.
  setting& plain_seconds();

  /// A text has to pass `check`, where there is one, an address first of all its parser; `words`
  /// say what does.
  setting& takes(std::string words, text_check check = nullptr);
  /// The text is one of `words`, separated by `|`. The file may also hold it as a CAF atom.
  setting& one_of(std::string words);
  setting& hidden(secrecy what);

  /// A command does not run without this option.
  setting& required();

  /// A word of the command line rather than an option: `meme-generator dead list`.
  setting& positional();

  /// What the setting takes, in words: "a whole number, 1..100000".
  std::string takes() const;

  /// Its names outside of a file: `HF_API_TOKEN, HF_API_TOKEN_FILE, --hf-api-token`.
  std::string names() const;

  /// The section of the key, and its name within: `cache` and `ttl`.
  std::string section() const;
  std::string name() const;

  /// Whether `spelled` is a former name, as a file, the environment or a command line spells it.
  bool is_former_name(std::string_view spelled) const;

  bool is_flag() const { return std::holds_alternative<bool*>(target); }
  bool is_command_option() const { return key.find('.') == std::string::npos; }

  // Read by all code that uses the row; changed by the methods above.
  std::string key;
  slot target;
  std::string help;
  std::string environment; ///< empty: none
  std::string alias;       ///< without dashes; empty: only --<key>
  std::string value_word;  ///< for help texts
  std::vector<former_name> former_names;
  bool has_file_variable = false;
  bool is_required = false;
  bool is_positional = false;
  bool is_size = false; ///< in bytes
  bool is_plain_seconds = false;
  std::string choices; ///< separated by `|`; empty: no closed set
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  std::string text_words = "text"; ///< of a text: what it has to be
  text_check check = nullptr;
  secrecy hides = secrecy::nothing;
};

} // namespace meme::config
