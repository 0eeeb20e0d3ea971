#pragma once

#include <map>
#include <string>

#include "config/address/url.hpp"

namespace meme {

/// The address that is really called.
struct resolved_endpoint {
  config::http_url url;
  std::string warning; ///< for the log; empty where `url` is what was asked for
};

/// Leads a retired Hugging Face address to its successor, so that old manifests go on working:
///
///  * `api-inference.huggingface.co/models/X` (gone since 2025) becomes
///    `https://router.huggingface.co/hf-inference/models/X`;
///  * a model X that is gone as well, there or on the router, becomes what `replaced_models` says;
///    entries may lead on to others.
///
/// Any other address, and a model of these names on any other host, is left alone.
resolved_endpoint resolve_endpoint(const config::http_url& url,
                                   const std::map<std::string, std::string>& replaced_models);

} // namespace meme
