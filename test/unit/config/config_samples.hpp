#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/loader.hpp"
#include "config/settings/value.hpp"
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

  template <class Command>
  const Command& command() const {
    return std::get<Command>(std::get<config::run>(what).what);
  }

  /// The value in effect, as a file spells it.
  std::string value(const std::string& key) {
    for (const auto& row : config::table_of(values))
      if (row.key == key)
        return config::file_text(row);
    throw std::out_of_range{key};
  }
};

inline loaded load(const given& with) {
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
  result.what = config::load_options(result.values, from);
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
