#pragma once

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/cache/redis_cache.hpp"
#include "test/actors/loop_fixture.hpp"
#include "test/actors/loopback.hpp"

namespace meme::test {

using command = std::vector<std::string>;

/// Takes the first command out of what a client has sent; empty: none is complete.
inline command take_command(std::string& bytes) {
  command words;
  std::size_t at = 0;
  auto number = [&](char mark) -> std::size_t {
    const auto end = bytes.find("\r\n", at);
    if (end == std::string::npos || bytes[at] != mark)
      return std::string::npos;
    const auto value = std::stoul(bytes.substr(at + 1, end - at - 1));
    at = end + 2;
    return value;
  };
  const auto count = number('*');
  for (std::size_t i = 0; count != std::string::npos && i < count; ++i) {
    const auto size = number('$');
    if (size == std::string::npos || bytes.size() < at + size + 2)
      return {};
    words.push_back(bytes.substr(at, size));
    at += size + 2;
  }
  if (!words.empty())
    bytes.erase(0, at);
  return words;
}

inline std::string bulk(const std::string& bytes) {
  return '$' + std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n";
}

inline const std::string not_there = "$0\r\n\r\n:-2\r\n"; ///< for GETRANGE and PTTL

/// The test plays Redis, command by command, and the cache.
struct redis_fixture : loop_fixture<redis_cache> {
  loopback server;
  std::vector<far_end> links; ///< in the order in which they came

  redis_fixture() {
    shared->options.cache.redis_url = meme::config::redis_url{"redis://" + server.address()};
    all.cache = new_cache();
  }
  ~redis_fixture() { stop(); }

  void start() {
    spawn(make_redis_cache_config(*shared));
    announce(actor);
  }

  bool connected() const { return shared->metrics->redis_connected.Value() == 1; }
  double failures() const { return shared->metrics->redis_failures.Value(); }

  void accept() {
    until([this] { return server.accept(links); });
  }

  void expect(const command& expected) {
    command came;
    until([&] { return !(came = take_command(links.back().received())).empty(); });
    BOOST_TEST(came == expected, boost::test_tools::per_element());
  }

  void expect_nothing() {
    turn();
    BOOST_TEST(links.back().received().empty());
  }

  void expect_closed(far_end& link) {
    until([&] { return link.closed(); });
  }

  void expect_look_up(const std::string& key, const std::string& last_byte = "65536") {
    expect({"GETRANGE", key, "0", last_byte});
    expect({"PTTL", key});
  }

  void answer(const std::string& bytes) { links.back().send(bytes); }

  /// Until Redis has let the actor in.
  void connect() {
    accept();
    expect({"PING"});
    answer("+PONG\r\n");
    until([this] { return connected(); });
  }

  void look_up(const std::string& key = "key") { tell(actor, fetch{key}); }

  /// The next answer to the cache.
  fetched expect_answer() {
    until([this] { return answers_ < seen.fetched_ones.size(); });
    return seen.fetched_ones[answers_++];
  }

  void expect_not_there(const std::string& key = "key") {
    const auto answer = expect_answer();
    BOOST_TEST(answer.key == key);
    BOOST_TEST(!answer.picture);
  }

  bool answered() {
    turn();
    return answers_ < seen.fetched_ones.size();
  }

private:
  std::size_t answers_ = 0;
};

} // namespace meme::test
