#define BOOST_TEST_MODULE server_connections
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/io/http/server_connections.hpp"

using meme::io::server_connection_limits;
using meme::io::server_connections;
using namespace std::chrono_literals;

namespace {

constexpr server_connections::clock::time_point start{};

server_connection_limits small() {
  return {4, 3, 5s, 10s};
}

} // namespace

BOOST_AUTO_TEST_CASE(while_there_is_room_nobody_has_to_go) {
  server_connections all{small()};
  all.add(1, "a", start);
  all.add(2, "a", start);
  all.add(3, "b", start);
  BOOST_TEST(!all.victim_for("a"));
  BOOST_TEST(!all.victim_for("c"));
  BOOST_TEST(all.size() == 3u);
}

BOOST_AUTO_TEST_CASE(who_has_his_share_makes_room_for_himself) {
  server_connections all{small()};
  all.add(9, "b", start);
  for (auto i = 1; i <= 3; ++i)
    all.add(i, "a", start + i * 1s);
  BOOST_TEST(all.victim_for("a").value() == 1);
  all.remove(1);
  BOOST_TEST(!all.victim_for("a"));
}

BOOST_AUTO_TEST_CASE(a_full_port_gives_up_the_oldest_request_that_is_not_complete) {
  server_connections all{small()};
  all.add(1, "a", start);
  all.add(2, "a", start + 1s);
  all.add(3, "b", start + 2s);
  all.add(4, "c", start + 3s);
  BOOST_TEST(all.victim_for("d").value() == 1);
  all.request_complete(1, start + 3s);
  BOOST_TEST(all.victim_for("d").value() == 2);
  for (auto i = 2; i <= 4; ++i)
    all.request_complete(i, start + 3s);
  BOOST_TEST(all.victim_for("d").value() == 1);
}

BOOST_AUTO_TEST_CASE(a_request_and_an_answer_have_their_time) {
  server_connections all{small()};
  BOOST_TEST(!all.next_deadline());
  all.add(1, "a", start);
  all.add(2, "a", start + 1s);
  BOOST_TEST((all.next_deadline() == start + 5s));
  BOOST_TEST(all.overdue(start + 5s - 1ms).empty());
  BOOST_TEST(all.overdue(start + 5s) == std::vector<int>{1}, boost::test_tools::per_element());
  all.request_complete(1, start + 4s);
  BOOST_TEST((all.next_deadline() == start + 6s));
  BOOST_TEST(all.overdue(start + 13s) == std::vector<int>{2}, boost::test_tools::per_element());
  BOOST_TEST(all.overdue(start + 14s).size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_no_matter) {
  server_connections all{small()};
  all.remove(7);
  all.request_complete(7, start);
  BOOST_TEST(all.size() == 0u);
  BOOST_TEST(!all.victim());
}

// A descriptor's number comes again when its connection is closed.
BOOST_AUTO_TEST_CASE(a_number_that_comes_again_is_counted_once) {
  server_connections all{small()};
  all.add(1, "a", start);
  all.add(1, "b", start + 1s);
  BOOST_TEST(all.size() == 1u);
  BOOST_TEST((all.next_deadline() == start + 6s));
}

BOOST_AUTO_TEST_CASE(whoever_comes_the_bounds_hold) {
  std::mt19937 random(1);
  server_connections all{{50, 20, 5s, 10s}};
  std::map<std::string, std::size_t> count;
  std::map<int, std::string> open;
  const auto forget = [&](int id) {
    all.remove(id);
    --count[open.at(id)];
    open.erase(id);
  };
  for (auto id = 0; id < 20'000; ++id) {
    const auto time = start + id * 1ms;
    const auto address = std::string(1, static_cast<char>('a' + random() % 5));
    if (const auto victim = all.victim_for(address))
      forget(*victim);
    all.add(id, address, time);
    open[id] = address;
    ++count[address];
    if (random() % 3 == 0)
      all.request_complete(open.begin()->first, time);
    for (const auto over : all.overdue(time))
      forget(over);
    BOOST_REQUIRE_LE(all.size(), 50u);
    BOOST_REQUIRE_EQUAL(all.size(), open.size());
    BOOST_REQUIRE_LE(count[address], 20u);
  }
}
