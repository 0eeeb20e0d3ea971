#include "actors/generator/endpoint.hpp"

#include <algorithm>

#include <boost/algorithm/string/predicate.hpp>

namespace meme {

namespace {

constexpr std::string_view retired_host = "api-inference.huggingface.co";
constexpr std::string_view retired_path = "/models/";
constexpr std::string_view router_host = "router.huggingface.co";
constexpr std::string_view router_path = "/hf-inference/models/";

/// The model in a path that begins with `prefix`; empty where it does not.
std::string_view model_after(std::string_view path, std::string_view prefix) {
  if (!boost::algorithm::starts_with(path, prefix))
    return {};
  path.remove_prefix(prefix.size());
  return path.substr(0, path.find_last_not_of('/') + 1); // npos + 1 is 0
}

std::string successor_of(std::string_view model,
                         const std::map<std::string, std::string>& replaced_models) {
  std::string name(model);
  for (auto left = replaced_models.size(); left > 0; --left) { // entries may form a ring
    const auto next = replaced_models.find(name);
    if (next == replaced_models.end())
      break;
    name = next->second;
  }
  return name;
}

} // namespace

resolved_endpoint resolve_endpoint(const config::http_url& url,
                                   const std::map<std::string, std::string>& replaced_models) {
  std::string_view model;
  const auto on_retired_host = boost::algorithm::iequals(url->host, retired_host);
  if (on_retired_host)
    model = model_after(url->path, retired_path);
  else if (boost::algorithm::iequals(url->host, router_host))
    model = model_after(url->path, router_path);
  if (model.empty())
    return {url, {}};
  const auto successor = successor_of(model, replaced_models);
  if (!on_retired_host && successor == model)
    return {url, {}};
  std::string used = "https://";
  used.append(router_host).append(router_path).append(successor).append(url->suffix);
  auto warning = config::without_secrets(url.text()) + " is retired, "
                 + config::without_secrets(used) + " is used instead";
  return {config::http_url{std::move(used)}, std::move(warning)};
}

} // namespace meme
