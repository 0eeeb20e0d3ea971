#include "config/config.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include <caf/atom.hpp>

#include "config/loader.hpp"

namespace meme::config {

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    if (const char* value = std::getenv(name.c_str()))
      return value;
    return std::nullopt;
  };
}

std::vector<std::string> process_variable_names() {
  std::vector<std::string> names;
  for (auto** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

configuration::configuration() {
  tell_caf();
}

decision configuration::load(const sources& from, const std::vector<command>& commands) {
  auto result = load_options(values_, from, commands);
  if (const auto* found = std::get_if<run>(&result)) {
    config_file_ = found->config_file;
    warnings_ = found->warnings;
  }
  tell_caf();
  return result;
}

decision configuration::load(int argc, char** argv, const std::vector<command>& commands,
                             environment variables) {
  sources from;
  if (argc > 1)
    from.arguments.assign(argv + 1, argv + argc);
  from.variables = std::move(variables);
  from.variable_names = process_variable_names();
  return load(from, commands);
}

void configuration::tell_caf() {
  set("scheduler.policy", caf::atom_from_string(values_.scheduler.policy));
  set("scheduler.max-threads", values_.scheduler.max_threads);
  set("scheduler.max-throughput", values_.scheduler.max_throughput);
}

} // namespace meme::config
