// What may stand where the configuration wants an address. A reason for refusing one never quotes
// it, and what is shown of one that is taken never has its user or password.

#include <string>

#include "config/address/host_port.hpp"
#include "config/address/nats_urls.hpp"
#include "config/address/redis_url.hpp"
#include "config/address/url.hpp"
#include "test/fuzz/target.hpp"

namespace meme::fuzz {

namespace {

/// A reason is a text of ours, with no room for anything out of the input.
template <class T>
const T* taken(const expected<T>& result) {
  if (const auto refused = result.error())
    require(!refused.text().empty() && is_line(refused.message(), 120), "a reason is a line");
  return result ? &*result : nullptr;
}

void check_url(std::string_view text) {
  const auto result = config::parse_url(text);
  const auto* url = taken(result);
  if (url == nullptr)
    return;
  require(!url->host.empty() && !url->scheme.empty(), "there is a scheme and a host");
  require(url->has_user || (url->user.empty() && url->password.empty()), "no user without an @");
  const auto shown = config::without_secrets(text);
  const auto again = config::parse_url(shown);
  const auto* bare_url = taken(again);
  require(bare_url != nullptr && !bare_url->has_user && bare_url->host == url->host
              && bare_url->port == url->port,
          "what is shown is the place, without a user");
}

void check_redis(std::string_view text) {
  const auto result = config::parse_redis_url(text);
  const auto* redis = taken(result);
  if (redis == nullptr)
    return;
  require(!redis->host.empty() && redis->port != 0, "there is a place to connect to");
  require(redis->user.empty() || !redis->password.empty(), "no user without a password");
  require(redis->database <= 0x7fff'ffff, "the database is an int of Redis'");
}

void check_nats(std::string_view text) {
  const auto result = config::parse_nats_urls(text);
  const auto* urls = taken(result);
  if (urls == nullptr)
    return;
  require(!urls->empty(), "there is at least one server");
  for (const auto& server : *urls) {
    const auto one = config::parse_nats_urls(server.text);
    const auto* again = taken(one);
    require(again != nullptr && again->size() == 1 && again->front().text == server.text,
            "each server is one by itself");
  }
}

} // namespace

} // namespace meme::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  const auto text = fuzz::text_of(data, size);
  fuzz::check_url(text);
  fuzz::check_redis(text);
  fuzz::check_nats(text);
  const auto http = config::parse_http_url(text);
  if (const auto* url = fuzz::taken(http))
    fuzz::require(!url->has_user, "a token has no rival");
  const auto place = config::parse_host_port(text);
  if (const auto* found = fuzz::taken(place))
    fuzz::require(!found->host.empty(), "there is a host");
  return 0;
}
