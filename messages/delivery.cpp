#include "messages/delivery.hpp"

#include <array>
#include <charconv>

#include "messages/text/json_document.hpp"

namespace meme {

namespace {

constexpr std::string_view prefix = "$JS.ACK.";

// Tokens after the prefix. The longer form may end in a random token, and in more that later
// servers may add: clients are to ignore what they do not know (ADR-15).
constexpr std::size_t short_form = 7;
constexpr std::size_t long_form = 9;
constexpr std::size_t domain_and_account = 2;

struct tokens {
  std::array<std::string_view, long_form> first;
  std::size_t count = 0;
  bool empty_one = false;
};

tokens split(std::string_view text) {
  tokens result;
  while (true) {
    const auto dot = text.find('.');
    const auto token = text.substr(0, dot);
    result.empty_one |= token.empty();
    if (result.count < result.first.size())
      result.first[result.count] = token;
    ++result.count;
    if (dot == std::string_view::npos)
      return result;
    text.remove_prefix(dot + 1);
  }
}

template <class Int>
bool read(std::string_view token, Int& value) {
  const auto* end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  return error == std::errc{} && stop == end && value >= 0;
}

} // namespace

std::string make_message_key(std::string_view stream, std::uint64_t stream_sequence,
                             std::int64_t timestamp_ns) {
  constexpr std::size_t room = 64; // for two numbers, and what Nats-Msg-Id adds
  std::string key;
  key.reserve(stream.size() + room);
  key = stream;
  const auto append = [&](auto number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    (key += ':').append(digits.data(), end);
  };
  append(stream_sequence);
  append(timestamp_ns);
  return key;
}

std::string delivery_info::message_key() const {
  return make_message_key(stream, stream_sequence, timestamp_ns);
}

std::optional<delivery_info> parse_ack_subject(std::string_view subject) {
  if (subject.substr(0, prefix.size()) != prefix)
    return std::nullopt;
  const auto parts = split(subject.substr(prefix.size()));
  if (parts.empty_one || (parts.count != short_form && parts.count < long_form))
    return std::nullopt;
  const auto* token = parts.first.data() + (parts.count == short_form ? 0 : domain_and_account);
  delivery_info info;
  info.stream = token[0];
  info.consumer = token[1];
  std::uint64_t consumer_sequence = 0; // no use for it, yet it must be a number
  if (!read(token[2], info.deliveries) || !read(token[3], info.stream_sequence)
      || !read(token[4], consumer_sequence) || !read(token[5], info.timestamp_ns)
      || !read(token[6], info.pending))
    return std::nullopt;
  if (info.deliveries == 0 || info.stream_sequence == 0)
    return std::nullopt; // both count from 1
  return info;
}

std::optional<max_deliveries_advisory> parse_max_deliveries_advisory(std::string_view advisory) {
  const auto json = json::read_document(advisory);
  if (!json.IsObject())
    return {};
  const auto number = [&](const char* name) -> std::uint64_t {
    const auto found = json.FindMember(name);
    return found != json.MemberEnd() && found->value.IsUint64() ? found->value.GetUint64() : 0;
  };
  const max_deliveries_advisory result{number("stream_seq"), number("deliveries")};
  if (result.stream_sequence == 0) // places count from 1
    return {};
  return result;
}

} // namespace meme
