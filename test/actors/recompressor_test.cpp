#define BOOST_TEST_MODULE recompressor
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <iterator>

#include "actors/pictures/codecs/codec.hpp"
#include "actors/pictures/recompressor.hpp"
#include "test/actors/loop_fixture.hpp"
#include "test/unit/samples.hpp"

using namespace meme;
using namespace meme::test;

namespace {

/// A picture, and behind its end a word that tells the decoder below what to do.
std::string order_to(const std::string& action) {
  return png(100, 10) + action;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// This program is started as the decoder of each picture.
int play_decoder() {
  const std::string bytes{std::istreambuf_iterator<char>{std::cin}, {}};
  if (ends_with(bytes, "hang"))
    for (;;)
      ::pause();
  if (ends_with(bytes, "crash"))
    std::abort();
  if (ends_with(bytes, "broken")) {
    std::cerr << "its end is missing";
    return recompression::broken;
  }
  if (ends_with(bytes, "too large")) {
    std::cerr << "it has too many pixels";
    return recompression::does_not_fit;
  }
  std::cout << (ends_with(bytes, "lie") ? "no JPEG" : jpeg(100, 10)) << std::flush;
  return recompression::fits;
}

/// The test plays the cache.
struct recompressor_fixture : loop_fixture<picture_recompressor> {
  recompressor_fixture() { all.cache = new_cache(); }
  ~recompressor_fixture() { stop(); }

  void start() {
    spawn(make_recompressor_config(*shared));
    announce(actor);
  }

  void ask(const std::string& key, const std::string& action) {
    tell(actor, recompress{key, some_picture(order_to(action)), 700});
  }

  /// The next answer to the cache.
  recompressed expect_answer(const std::string& key) {
    until([this] { return answers_ < seen.recompressed_ones.size(); });
    const auto& answer = seen.recompressed_ones[answers_++];
    BOOST_TEST(answer.key == key);
    return answer;
  }

  void expect_picture(const std::string& key) {
    const auto answer = expect_answer(key);
    const auto* made = std::get_if<picture_ptr>(&answer.result);
    BOOST_REQUIRE(made != nullptr);
    BOOST_TEST((*made)->bytes == jpeg(100, 10));
  }

  void expect_failure(const std::string& key, error_code code, const std::string& part_of_text) {
    const auto answer = expect_answer(key);
    const auto* why = std::get_if<failure>(&answer.result);
    BOOST_REQUIRE(why != nullptr);
    BOOST_TEST(to_string(why->code) == to_string(code));
    BOOST_TEST_INFO(why->text);
    BOOST_TEST(why->text.find(part_of_text) != std::string::npos);
  }

  void expect_no_answer() {
    turn();
    BOOST_TEST(seen.recompressed_ones.size() == answers_);
  }

  double made() const { return shared->metrics->pictures_recompressed.Value(); }
  double stopped() const { return shared->metrics->decoders_stopped.Value(); }

  /// What decoding a picture of `order_to` takes.
  static constexpr std::size_t decoded = 100 * 10 * recompression::decoded_bytes_per_pixel;

private:
  std::size_t answers_ = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(recompressor, recompressor_fixture)

BOOST_AUTO_TEST_CASE(a_picture_that_is_too_large_is_made_to_fit) {
  start();
  ask("key", "fit");
  expect_picture("key");
  BOOST_TEST(made() == 1);
}

BOOST_AUTO_TEST_CASE(a_picture_that_cannot_be_made_smaller_is_too_large) {
  start();
  ask("key", "too large");
  expect_failure("key", error_code::image_too_large, "it has too many pixels");
  BOOST_TEST(made() == 0);
}

BOOST_AUTO_TEST_CASE(a_picture_that_is_damaged_is_invalid) {
  start();
  ask("key", "broken");
  expect_failure("key", error_code::invalid_picture, "its end is missing");
}

BOOST_AUTO_TEST_CASE(a_decoder_that_crashes_harms_only_its_picture) {
  start();
  ask("bad", "crash");
  ask("good", "fit");
  until([&] { return seen.recompressed_ones.size() == 2; });
  for (const auto& answer : seen.recompressed_ones)
    BOOST_TEST(std::holds_alternative<failure>(answer.result) == (answer.key == "bad"));
  BOOST_TEST(shared->budget->used() == 0);
}

BOOST_AUTO_TEST_CASE(what_a_decoder_calls_a_jpeg_is_looked_at) {
  start();
  ask("key", "lie");
  expect_failure("key", error_code::invalid_picture, "its decoder failed");
}

// Degraded: a decoder that hangs is stopped, and counted.
BOOST_AUTO_TEST_CASE(a_decoder_that_does_not_end_is_stopped_at_its_time_limit) {
  start();
  ask("key", "hang");
  pass(9'990ms); // of generator.decode-timeout, 10 s
  expect_no_answer();
  pass(10ms);
  expect_failure("key", error_code::image_too_large, "within the time limit");
  BOOST_TEST(stopped() == 1);
  BOOST_TEST(shared->budget->used() == 0);
}

BOOST_AUTO_TEST_CASE(no_more_decoders_run_than_are_allowed) {
  shared->options.generator.max_decoders = 1;
  start();
  ask("first", "hang");
  ask("second", "fit");
  ask("third", "fit");
  BOOST_TEST(shared->budget->used() == decoded);
  pass(5s);
  expect_no_answer();
  pass(5s);
  expect_failure("first", error_code::image_too_large, "within the time limit");
  expect_picture("second");
  expect_picture("third");
}

BOOST_AUTO_TEST_CASE(decoders_beside_each_other_do_not_wait_for_each_other) {
  start();
  ask("slow", "hang");
  ask("fast", "fit");
  BOOST_TEST(shared->budget->used() == 2 * decoded);
  expect_picture("fast");
  BOOST_TEST(shared->budget->used() == decoded);
}

BOOST_AUTO_TEST_CASE(a_picture_that_is_handed_over_twice_is_made_once) {
  shared->options.generator.max_decoders = 1;
  start();
  ask("running", "fit");
  ask("waiting", "fit");
  ask("running", "fit");
  ask("waiting", "fit");
  expect_picture("running");
  expect_picture("waiting");
  expect_no_answer();
  BOOST_TEST(made() == 2);
}

BOOST_AUTO_TEST_CASE(without_a_decoder_the_request_is_tried_later) {
  shared->options.generator.decoder = "/nonexistent/decoder";
  start();
  ask("key", "fit");
  expect_failure("key", error_code::internal, "at present");
  BOOST_TEST(std::get<failure>(seen.recompressed_ones.back().result).retry);
  BOOST_TEST(shared->budget->used() == 0);
}

BOOST_AUTO_TEST_CASE(while_the_cache_is_restarted_answers_are_dropped) {
  start();
  ask("old", "fit");
  all.cache = nullptr;
  announce(actor);
  until([this] { return made() == 1; });
  all.cache = new_cache();
  announce(actor);
  ask("new", "fit");
  expect_picture("new");
}

BOOST_AUTO_TEST_CASE(at_its_end_it_stops_its_decoders_and_gives_the_budget_back) {
  shared->options.generator.max_decoders = 1;
  start();
  ask("running", "hang");
  ask("waiting", "fit");
  stop(); // waits until the decoder has ended
  BOOST_TEST(!alive());
  expect_no_answer();
  BOOST_TEST(shared->budget->used() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

int main(int argc, char** argv) {
  if (argc > 1 && argv[1] == std::string{recompression::recompress_command})
    return play_decoder();
  return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
