#include "messages/text/redaction.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <boost/algorithm/string/predicate.hpp>

namespace meme {

namespace {

constexpr std::string_view mask = "***";

/// Every part of `secret` that has `length` bytes, sorted.
std::vector<std::string_view> parts_of(std::string_view secret, std::size_t length) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at + length <= secret.size(); ++at)
    parts.push_back(secret.substr(at, length));
  std::sort(parts.begin(), parts.end());
  return parts;
}

constexpr std::string_view digits = "0123456789";
constexpr std::string_view v6_characters = "0123456789abcdefABCDEF:.";
constexpr std::string_view name_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

bool is_internal_v4(const std::string& text) {
  in_addr address{};
  if (::inet_pton(AF_INET, text.c_str(), &address) != 1)
    return false;
  const auto bits = ntohl(address.s_addr);
  const auto within = [bits](std::uint32_t network, unsigned length) {
    return bits >> (32 - length) == network >> (32 - length);
  };
  return within(0x0A000000, 8) || within(0xAC100000, 12) || within(0xC0A80000, 16)
         || within(0x7F000000, 8) || within(0xA9FE0000, 16) || within(0x64400000, 10);
}

bool is_internal_v6(const std::string& text) {
  in6_addr address{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1)
    return false;
  return IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_LINKLOCAL(&address)
         || (address.s6_addr[0] & 0xFE) == 0xFC || IN6_IS_ADDR_V4MAPPED(&address);
}

bool is_internal_name(const std::string& text) {
  if (boost::algorithm::iequals(text, "localhost"))
    return true;
  for (const auto* end : {".local", ".internal", ".svc", ".lan", ".localdomain", ".localhost",
                          ".intranet", ".corp", ".home.arpa"})
    if (boost::algorithm::iends_with(text, end))
      return true;
  return false;
}

/// In bytes: of a host's name (RFC 1035, section 2.3.4), and more than any IP address has.
constexpr std::size_t longest_address = 255;

/// The length of the internal address that `text` begins with; 0: it begins with none. The host of
/// a URL (`is_host`) is internal where it has no dot, as a neighbour's name is.
std::size_t internal_address_length(std::string_view text, bool is_host) {
  // Return early: this is called for each word of a text.
  text = text.substr(0, longest_address + 1);
  const auto begin_of = [&](std::string_view characters) {
    std::string part{text.substr(0, text.find_first_not_of(characters))};
    if (part.size() > longest_address)
      part.clear();
    part.resize(part.find_last_not_of(".:-") + 1); // a sentence ends
    return part;
  };
  if (const auto v6 = begin_of(v6_characters); is_internal_v6(v6))
    return v6.size();
  const auto name = begin_of(name_characters);
  const auto is_neighbour = is_host && !name.empty() && name.find('.') == name.npos;
  return is_neighbour || is_internal_v4(name) || is_internal_name(name) ? name.size() : 0;
}

/// The length of the port at the beginning of `text`, with what separates it: `:80`, ` port 80`.
std::size_t port_length(std::string_view text) {
  for (const std::string_view before : {":", "]:", " port "})
    if (text.substr(0, before.size()) == before) {
      const auto end = std::min(text.find_first_not_of(digits, before.size()), text.size());
      return end > before.size() ? end : 0;
    }
  return 0;
}

} // namespace

std::string hide_internal_addresses(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto is_host = boost::algorithm::ends_with(result, "://");
    auto length = internal_address_length(text, is_host);
    if (length > 0) {
      result += "(address)";
      length += port_length(text.substr(length));
    } else { // the next word may be one
      length = std::min(text.find_first_not_of(name_characters), text.size());
      length = std::max<std::size_t>(length, 1);
      result.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return result;
}

std::string redact(std::string_view text, std::string_view secret) {
  const auto length = std::min(secret.size(), shortest_masked_run);
  if (length == 0 || text.size() < length)
    return std::string(text);
  const auto parts = parts_of(secret, length);
  std::string result;
  std::size_t done = 0;   // the text before it is in `result`, or masked
  std::size_t masked = 0; // the end of the last run
  for (std::size_t at = 0; at + length <= text.size(); ++at) {
    if (!std::binary_search(parts.begin(), parts.end(), text.substr(at, length)))
      continue;
    if (masked == 0 || at > masked) // two runs that touch are one
      result.append(text.substr(done, at - done)).append(mask);
    masked = done = at + length;
  }
  return result.append(text.substr(done));
}

} // namespace meme
