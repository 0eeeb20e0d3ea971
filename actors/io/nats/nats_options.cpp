#include "actors/io/nats/nats_options.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "config/address/nats_urls.hpp"

namespace meme::io {

namespace {

/// The library writes user, password and token into its JSON greeting without escapes.
std::string json_escaped(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c;
  }
  return result;
}

/// Sets user and password for all servers, because the library does not decode `%40`. Returns false
/// if the servers have different ones: then they stay in the addresses unchanged.
bool set_user(natsOptions* raw, const std::vector<config::nats_server>& servers) {
  const config::url* first = nullptr;
  for (const auto& [text, parts] : servers) {
    if (!parts.has_user)
      continue;
    if (first != nullptr && (first->user != parts.user || first->password != parts.password))
      return false;
    first = &parts;
  }
  if (first == nullptr)
    return true;
  auto user = json_escaped(first->user);
  if (first->password.empty())
    check(natsOptions_SetToken(raw, user.c_str()), "NATS_URL");
  else
    check(natsOptions_SetUserInfo(raw, user.c_str(), json_escaped(first->password).c_str()),
          "NATS_URL");
  return true;
}

void set_servers(natsOptions* raw, const std::vector<config::nats_server>& servers) {
  const auto is_user_set = set_user(raw, servers);
  std::vector<std::string> texts;
  for (const auto& [text, parts] : servers)
    texts.push_back(is_user_set ? config::without_secrets(text) : text);
  std::vector<const char*> pointers;
  for (auto& text : texts)
    pointers.push_back(text.c_str());
  check(natsOptions_SetServers(raw, pointers.data(), static_cast<int>(pointers.size())),
        "NATS_URL");
  // The library treats tls:// like any other address and would connect unencrypted.
  auto secure = std::any_of(servers.begin(), servers.end(),
                            [](auto& server) { return server.parts.scheme == "tls"; });
  if (secure)
    check(natsOptions_SetSecure(raw, true), "TLS");
}

void set_identity(natsOptions* raw, const config::nats_options& options) {
  if (!options.credentials_file.empty())
    check(natsOptions_SetUserCredentialsFromFiles(raw, options.credentials_file.c_str(), nullptr),
          "nats.credentials-file");
  if (!options.nkey_seed_file.empty())
    check(natsOptions_SetNKeyFromSeed(raw, options.nkey.c_str(), options.nkey_seed_file.c_str()),
          "nats.nkey-seed-file");
}

void set_tls(natsOptions* raw, const config::nats_options& options) {
  if (!options.ca_file.empty())
    check(natsOptions_LoadCATrustedCertificates(raw, options.ca_file.c_str()), "nats.ca-file");
  if (!options.certificate_file.empty())
    check(natsOptions_LoadCertificatesChain(raw, options.certificate_file.c_str(),
                                            options.key_file.c_str()),
          "nats.certificate-file");
}

} // namespace

nats_options_ptr make_nats_options(const config::nats_options& options, const std::string& name) {
  natsOptions* raw = nullptr;
  check(natsOptions_Create(&raw), "NATS options");
  nats_options_ptr result{raw};
  set_servers(raw, *options.url);
  set_identity(raw, options);
  set_tls(raw, options);
  if (options.inbox_prefix != "_INBOX")
    check(natsOptions_SetCustomInboxPrefix(raw, options.inbox_prefix.c_str()), "nats.inbox-prefix");
  check(natsOptions_SetName(raw, name.c_str()), "NATS client name");
  check(natsOptions_SetTimeout(raw, options.connect_timeout.count()), "nats.connect-timeout");
  check(natsOptions_SetPingInterval(raw, options.ping_interval.count()), "nats.ping-interval");
  check(natsOptions_SetMaxPingsOut(raw, 2), "NATS pings");
  check(natsOptions_SetWriteDeadline(raw, options.write_deadline.count()), "nats.write-deadline");
  check(natsOptions_SetIOBufSize(raw, static_cast<int>(options.io_buffer)), "nats.io-buffer");
  // For ever: only the platform should decide that a worker gives up its queue.
  check(natsOptions_SetMaxReconnect(raw, std::numeric_limits<int>::max()), "NATS reconnects");
  // One thread delivers for all subscriptions: their callbacks only forward messages.
  check(natsOptions_UseGlobalMessageDelivery(raw, true), "NATS delivery");
  return result;
}

} // namespace meme::io
