#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <caf/actor_system_config.hpp>

#include "config/options.hpp"
#include "config/settings/command.hpp"

namespace meme::config {

/// Looks an environment variable up; nothing where it is not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// That of this process.
environment process_environment();

/// The names of all variables of this process.
std::vector<std::string> process_variable_names();

/// Where settings come from.
struct sources {
  std::vector<std::string> arguments; ///< the command line without the program's name
  environment variables;
  std::vector<std::string> variable_names; ///< of all that are set; for the slips among them
  /// The first that exists is read, unless --config-file or MEME_CONFIG_FILE names one. That of the
  /// current folder (a relative one) is refused where another user may have written it.
  std::vector<std::string> default_files = {"meme-generator.conf",
                                            "/etc/meme-generator/meme-generator.conf"};
};

/// Do this.
struct run {
  const command* which = nullptr;         ///< one of those that were handed in
  command_call call;                      ///< of it
  std::string config_file;                ///< the one that was read; empty: none
  std::vector<std::string> warnings = {}; ///< a line for each
};

/// End: print this and exit with `status`.
struct stop {
  int status = 0;  ///< 0, or 2 for settings that are not right
  std::string out; ///< for stdout
  std::string err; ///< for stderr; a line for each problem
};

using decision = std::variant<run, stop>;

/// The settings of this process, and CAF's among them.
///
/// A setting's value is its default, unless the file has one, unless the environment has one,
/// unless the command line has one. Each value is checked wherever it stands, one that is
/// overridden too; an environment variable that is empty counts as not set. Every problem is
/// reported, under the name that its source has for the setting.
class configuration : public caf::actor_system_config {
public:
  /// With every setting at its default.
  configuration();

  using caf::actor_system_config::load;

  /// To be called once. Where it returns `stop`, the settings are not to be used.
  /// @param commands the first is what runs when the command line names none.
  decision load(const sources& from, const std::vector<command>& commands);
  decision load(int argc, char** argv, const std::vector<command>& commands,
                environment variables = process_environment());

  const options& values() const { return values_; }

  /// The file that was read; empty: none.
  const std::string& config_file() const { return config_file_; }

  /// What was found doubtful, a line for each.
  const std::vector<std::string>& warnings() const { return warnings_; }

private:
  void tell_caf();

  options values_;
  std::string config_file_;
  std::vector<std::string> warnings_;
};

} // namespace meme::config
