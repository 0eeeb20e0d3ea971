#include "config/address/clear_text.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <cstring>
#include <memory>

#include <boost/algorithm/string/predicate.hpp>

namespace meme::config {

namespace {

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  if (address.sa_family != AF_INET6)
    return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)
         || (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == 127);
}

/// A look-up that glibc makes in a thread of its own, for it may take as long as the name server.
struct lookup {
  explicit lookup(std::string its_host) : host(std::move(its_host)) {
    hints.ai_socktype = SOCK_STREAM;
    control.ar_name = host.c_str();
    control.ar_request = &hints;
  }
  ~lookup() {
    if (control.ar_result != nullptr)
      ::freeaddrinfo(control.ar_result);
  }

  std::string host;
  addrinfo hints{};
  gaicb control{};
};

bool resolves_to_loopback(const std::string& host, std::chrono::milliseconds patience) {
  auto asked = std::make_unique<lookup>(host);
  gaicb* list[] = {&asked->control};
  if (::getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr) != 0)
    return false;
  const timespec limit{patience.count() / 1'000, patience.count() % 1'000 * 1'000'000};
  const gaicb* awaited[] = {&asked->control};
  while (::gai_error(&asked->control) == EAI_INPROGRESS)
    if (::gai_suspend(awaited, 1, &limit) == EAI_AGAIN)
      break;
  if (::gai_error(&asked->control) == EAI_INPROGRESS
      && ::gai_cancel(&asked->control) != EAI_CANCELED) {
    static_cast<void>(asked.release()); // glibc still writes there
    return false;
  }
  const addrinfo* each = ::gai_error(&asked->control) == 0 ? asked->control.ar_result : nullptr;
  const auto found = each != nullptr;
  while (each != nullptr && is_loopback(*each->ai_addr))
    each = each->ai_next;
  return found && each == nullptr;
}

} // namespace

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1)
    return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1)
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
  return boost::algorithm::iequals(host, "localhost")
         || boost::algorithm::iends_with(host, ".localhost");
}

std::string clear_text_host(const http_url& url, std::chrono::milliseconds patience) {
  if (url->scheme != "http" || is_loopback(url->host) || resolves_to_loopback(url->host, patience))
    return {};
  return url->host;
}

} // namespace meme::config
