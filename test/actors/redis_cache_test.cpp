#define BOOST_TEST_MODULE redis cache
#include <boost/test/unit_test.hpp>

#include "test/actors/redis_fixture.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using namespace meme::test;

BOOST_FIXTURE_TEST_SUITE(redis, redis_fixture)

BOOST_AUTO_TEST_CASE(a_picture_is_found_with_the_lifetime_that_is_left) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  answer(bulk(png(2, 3)) + ":60000\r\n");
  const auto found = expect_answer();
  BOOST_REQUIRE(found.picture);
  BOOST_TEST(found.picture->bytes == png(2, 3));
  BOOST_TEST((found.ttl_left == 60s));
  BOOST_TEST(failures() == 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_stored_is_not_there) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  answer(not_there);
  expect_not_there();
  BOOST_TEST(failures() == 0);
}

BOOST_AUTO_TEST_CASE(a_picture_is_stored_with_its_lifetime) {
  start();
  connect();
  tell(actor, put{"key", some_picture("bytes")});
  expect({"SET", "key", "bytes", "EX", "3600"});
  answer("+OK\r\n");
  turn();
  BOOST_TEST(failures() == 0);
}

// To join look-ups is the cache's task.
BOOST_AUTO_TEST_CASE(a_key_that_is_asked_for_twice_is_answered_twice) {
  start();
  connect();
  look_up();
  look_up();
  expect_look_up("key");
  expect_look_up("key");
  answer(not_there + not_there);
  expect_not_there();
  expect_not_there();
}

BOOST_AUTO_TEST_CASE(user_password_and_database_are_given_before_anything_else) {
  shared->options.cache.redis_url =
      meme::config::redis_url{"redis://me:secret@" + server.address() + "/7"};
  start();
  accept();
  expect({"AUTH", "me", "secret"});
  expect({"SELECT", "7"});
  expect({"PING"});
  answer("+OK\r\n+OK\r\n+PONG\r\n");
  until([this] { return connected(); });
}

BOOST_AUTO_TEST_CASE(without_a_connection_nothing_is_there) {
  start();
  look_up();
  expect_not_there();
  tell(actor, put{"key", some_picture()});
  BOOST_TEST(failures() == 2);
}

BOOST_AUTO_TEST_CASE(what_waits_when_the_connection_breaks_is_not_there) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  links.back().close();
  expect_not_there();
  BOOST_TEST(!connected());
  BOOST_TEST(failures() == 1);
  pass(50ms);
  connect();
  look_up();
  expect_look_up("key");
}

BOOST_AUTO_TEST_CASE(pauses_between_attempts_double_up_to_three_seconds) {
  start();
  for (auto longest : {50ms, 100ms, 200ms, 400ms, 800ms, 1'600ms, 3'000ms, 3'000ms}) {
    accept();
    expect({"PING"});
    answer("-LOADING Redis is loading the dataset in memory\r\n");
    expect_closed(links.back());
    pass(longest / 2 - step);
    BOOST_TEST(!server.accept(links));
    pass(longest / 2 + 2 * step);
  }
  connect();
  pass(3s); // it lasts: the pauses start over
  links.back().close();
  until([this] { return !connected(); });
  pass(60ms);
  accept();
}

BOOST_AUTO_TEST_CASE(a_redis_that_does_not_answer_in_time_loses_its_connection) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  pass(490ms); // of cache.timeout, 500 ms
  BOOST_TEST(!answered());
  pass(10ms);
  expect_not_there();
  expect_closed(links.back());
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_say_that_it_is_there_is_given_up) {
  start();
  accept();
  expect({"PING"});
  pass(2s); // cache.connect-timeout
  expect_closed(links.back());
  pass(50ms);
  accept();
}

BOOST_AUTO_TEST_CASE(a_silent_connection_is_asked_for_a_sign) {
  start();
  connect();
  pass(14'990ms);
  expect_nothing();
  pass(10ms);
  expect({"PING"});
  pass(490ms);
  BOOST_TEST(connected());
  pass(10ms);
  BOOST_TEST(!connected());
  expect_closed(links.back());
}

BOOST_AUTO_TEST_CASE(a_reply_that_nobody_asked_for_ends_the_connection) {
  start();
  connect();
  answer("+HELLO\r\n");
  until([this] { return !connected(); });
  expect_closed(links.back());
}

BOOST_AUTO_TEST_CASE(what_is_no_picture_is_not_there_and_counted) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  answer(bulk("no picture") + ":60000\r\n");
  expect_not_there();
  BOOST_TEST(failures() == 1);
  BOOST_TEST(connected());
}

BOOST_AUTO_TEST_CASE(a_value_that_is_longer_than_was_asked_for_is_asked_for_again) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  answer(bulk(std::string(65'537, 'x')) + ":60000\r\n");
  expect({"GETRANGE", "key", "33554432", "33554432"}); // is it larger than any picture?
  answer("$0\r\n\r\n");
  expect_look_up("key", "262144");
  answer(bulk(png(1, 1)) + ":60000\r\n");
  BOOST_TEST(expect_answer().picture->bytes == png(1, 1));
}

BOOST_AUTO_TEST_CASE(a_value_that_is_larger_than_any_picture_is_not_there) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  answer(bulk(std::string(65'537, 'x')) + ":60000\r\n");
  expect({"GETRANGE", "key", "33554432", "33554432"});
  answer(bulk("x"));
  expect_not_there();
  BOOST_TEST(failures() == 1);
}

BOOST_AUTO_TEST_CASE(look_ups_wait_for_room_in_the_byte_budget) {
  start();
  connect();
  shared->budget->add(1 << 20);
  look_up();
  pass(100ms);
  expect_nothing();
  BOOST_TEST(!answered());
  shared->budget->remove(1 << 20);
  pass(10ms);
  expect_look_up("key");
  BOOST_TEST(shared->budget->used() == 65'536); // what may come
  answer(not_there);
  expect_not_there();
  BOOST_TEST(shared->budget->used() == 0);
}

BOOST_AUTO_TEST_CASE(a_picture_counts_in_the_byte_budget_while_somebody_has_it) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  answer(bulk(png(2, 3)) + ":60000\r\n");
  BOOST_TEST(expect_answer().picture != nullptr);
  BOOST_TEST(shared->budget->used() == png(2, 3).size());
  seen.fetched_ones.clear();
  BOOST_TEST(shared->budget->used() == 0);
}

// Degraded: Redis answers, and stores nothing.
BOOST_AUTO_TEST_CASE(a_redis_without_memory_is_read_from_and_shown_as_unusable) {
  start();
  connect();
  tell(actor, put{"key", some_picture("bytes")});
  expect({"SET", "key", "bytes", "EX", "3600"});
  answer("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  until([this] { return !connected(); });
  BOOST_TEST(failures() == 1);
  look_up();
  expect_look_up("key");
  answer(bulk(png(2, 3)) + ":60000\r\n");
  BOOST_TEST(expect_answer().picture != nullptr);
  tell(actor, put{"key", some_picture("bytes")});
  expect({"SET", "key", "bytes", "EX", "3600"});
  answer("+OK\r\n");
  until([this] { return connected(); });
  BOOST_TEST(!server.accept(links)); // another connection would lead to the same memory
}

// After a failover the address may lead to the new primary.
BOOST_AUTO_TEST_CASE(a_replica_serves_until_a_second_connection_does) {
  start();
  connect();
  tell(actor, put{"key", some_picture("bytes")});
  expect({"SET", "key", "bytes", "EX", "3600"});
  answer("-READONLY You can't write against a read only replica.\r\n");
  until([this] { return !connected(); });
  look_up();
  expect_look_up("key"); // of the replica
  accept();
  expect({"PING"});
  answer("+PONG\r\n");
  turn();
  links.front().send(not_there);
  expect_not_there();
  look_up("another");
  expect_look_up("another"); // of the primary
  answer(not_there);
  expect_not_there("another");
  tell(actor, put{"key", some_picture("bytes")});
  expect({"SET", "key", "bytes", "EX", "3600"});
  answer("+OK\r\n");
  until([this] { return connected(); });
  pass(500ms);
  expect_closed(links.front());
  BOOST_TEST(!links.back().closed());
}

BOOST_AUTO_TEST_CASE(a_second_connection_that_fails_leaves_the_first_one_alone) {
  start();
  connect();
  tell(actor, put{"key", some_picture("bytes")});
  expect({"SET", "key", "bytes", "EX", "3600"});
  answer("-READONLY You can't write against a read only replica.\r\n");
  accept();
  expect({"PING"});
  links.back().close();
  turn();
  links.pop_back();
  look_up();
  expect_look_up("key");
  answer(not_there);
  expect_not_there();
}

BOOST_AUTO_TEST_CASE(while_the_cache_is_restarted_answers_are_dropped) {
  start();
  connect();
  look_up("old");
  expect_look_up("old");
  all.cache = nullptr;
  announce(actor);
  answer(not_there);
  until([this] { return shared->budget->used() == 0; });
  all.cache = new_cache();
  announce(actor);
  look_up("new");
  expect_look_up("new");
  answer(not_there);
  expect_not_there("new");
}

BOOST_AUTO_TEST_CASE(at_its_end_it_closes_the_connection_and_gives_the_budget_back) {
  start();
  connect();
  look_up();
  expect_look_up("key");
  stop();
  BOOST_TEST(!alive());
  expect_closed(links.back());
  BOOST_TEST(!connected());
  BOOST_TEST(shared->budget->used() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
