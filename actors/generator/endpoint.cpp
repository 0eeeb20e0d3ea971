#include "actors/generator/endpoint.hpp"

#include <algorithm>

#include <boost/algorithm/string/predicate.hpp>

#include "config/address/url.hpp"

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

resolved_endpoint resolve_endpoint(std::string_view url,
                                   const std::map<std::string, std::string>& replaced_models) {
  const auto parts = split_url(url);
  std::string_view model;
  const auto on_retired_host = boost::algorithm::iequals(parts.host, retired_host);
  if (on_retired_host)
    model = model_after(parts.path, retired_path);
  else if (boost::algorithm::iequals(parts.host, router_host))
    model = model_after(parts.path, router_path);
  if (model.empty())
    return {std::string(url), {}};
  const auto successor = successor_of(model, replaced_models);
  if (!on_retired_host && successor == model)
    return {std::string(url), {}};
  std::string used = "https://";
  used.append(router_host).append(router_path).append(successor).append(parts.suffix);
  auto warning = shown_url(url) + " is retired, " + shown_url(used) + " is used instead";
  return {std::move(used), std::move(warning)};
}

} // namespace meme
