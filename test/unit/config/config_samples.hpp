#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/loader.hpp"
#include "config/settings/check.hpp"
#include "config/settings/spelling.hpp"
#include "config/table.hpp"

namespace meme::test {

/// A folder of its own for the files of one test.
class config_folder {
public:
  config_folder() {
    auto name = (std::filesystem::temp_directory_path() / "meme-config-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw std::runtime_error{"no temporary folder"};
    path_ = name;
  }
  ~config_folder() { std::filesystem::remove_all(path_); }
  config_folder(const config_folder&) = delete;
  config_folder& operator=(const config_folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
    return path(name);
  }

  std::string path(const std::string& name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

/// What the sources say, as far as they say anything.
struct given {
  std::vector<std::string> arguments;
  std::map<std::string, std::string> variables;
  std::string file; ///< the text of the default configuration file; empty: there is none
};

/// What came of it.
struct loaded {
  config::options values;
  config::decision what;

  bool runs() const { return std::holds_alternative<config::run>(what); }
  int status() const { return runs() ? -1 : std::get<config::stop>(what).status; }
  std::string out() const { return runs() ? "" : std::get<config::stop>(what).out; }
  std::string err() const { return runs() ? "" : std::get<config::stop>(what).err; }
  std::size_t problems() const {
    const auto text = err();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  /// The value in effect, as a file spells it.
  std::string value(const std::string& key) {
    for (const auto& row : config::table_of(values))
      if (row.key == key)
        return config::file_text(row);
    throw std::out_of_range{key};
  }
};

/// What the options of a command may be.
struct sample_options {
  std::string prompt;
  std::string subject;
  std::optional<std::uint32_t> steps;
  std::chrono::seconds timeout{0};
  std::uint64_t count = 0;
  bool plan = false;
};

/// `names` of options, with these values; the same for each command that has one.
inline std::vector<config::setting> sample_rows(sample_options& options,
                                                const std::vector<std::string>& names) {
  std::vector<config::setting> all;
  all.emplace_back("prompt", &options.prompt, "what to draw")
      .placeholder("TEXT")
      .takes("text", config::check::not_empty)
      .required();
  all.emplace_back("steps", &options.steps, "how many").placeholder("N");
  all.emplace_back("timeout", &options.timeout, "stop after so long")
      .plain_seconds()
      .range(std::chrono::seconds{0}, std::chrono::hours{24});
  all.emplace_back("count", &options.count, "stop after so many");
  all.emplace_back("subject", &options.subject, "where").takes("a subject", config::check::subject);
  all.emplace_back("plan", &options.plan, "only say");
  std::vector<config::setting> rows;
  for (const auto& row : all)
    if (std::find(names.begin(), names.end(), row.key) != names.end())
      rows.push_back(row);
  return rows;
}

inline config::command sample_command(const std::string& name, std::vector<std::string> names) {
  return {name, "do it", {"done", "not done", ""}, [names] {
            auto options = std::make_shared<sample_options>();
            return config::command_call{sample_rows(*options, names), [options] { return 0; }};
          }};
}

/// Those of a program like ours.
inline std::vector<config::command> sample_commands() {
  std::vector<config::command> result = {sample_command("serve", {}),
                                         sample_command("provision", {"plan"}),
                                         sample_command("request", {"prompt", "steps"}),
                                         sample_command("watch", {"timeout", "count", "subject"})};
  result.front().calls_model = true;
  return result;
}

inline loaded load(const given& with,
                   const std::vector<config::command>& commands = sample_commands()) {
  config_folder folder;
  config::sources from;
  from.arguments = with.arguments;
  from.variables = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = with.variables.find(name);
    if (found == with.variables.end())
      return std::nullopt;
    return found->second;
  };
  for (const auto& [name, value] : with.variables)
    from.variable_names.push_back(name);
  from.default_files = {folder.path("none.conf"), folder.path("test.conf")};
  if (!with.file.empty())
    folder.write("test.conf", with.file);
  loaded result;
  result.what = config::load_options(result.values, from, commands);
  return result;
}

/// `[section]`, `name = value`.
inline std::string file_with(const config::setting& row, const std::string& value) {
  return "[" + row.section() + "]\n" + row.name() + " = " + value + "\n";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace meme::test
