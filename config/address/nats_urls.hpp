#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/address/address.hpp"
#include "config/address/url.hpp"

namespace meme::config {

struct nats_server {
  std::string text; ///< its address as it was written, without the white space around it
  url parts;        ///< port 0: NATS' own, 4222
};

/// Reads a list such as `nats://a:4222, tls://user:password@b`; there is at least one.
expected<std::vector<nats_server>> parse_nats_urls(std::string_view list);

using nats_urls = address<std::vector<nats_server>, parse_nats_urls>;

/// The servers for logs, separated by ", ", without users, passwords and tokens, for which `mark`
/// stands.
std::string describe(const std::vector<nats_server>& servers, std::string_view mark = {});

} // namespace meme::config
