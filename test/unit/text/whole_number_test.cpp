#define BOOST_TEST_MODULE whole_number
#include <boost/test/unit_test.hpp>

#include <limits>
#include <random>
#include <string>

#include "messages/text/whole_number.hpp"

using meme::read_whole_number;

BOOST_AUTO_TEST_CASE(every_spelling_of_a_whole_number_is_read_exactly) {
  const std::pair<std::string, std::uint64_t> numbers[] = {
      {"0", 0},
      {"-0", 0},
      {"-0.0e7", 0},
      {"512", 512},
      {"512.0", 512},
      {"5.12e2", 512},
      {"5120E-1", 512},
      {"1e+3", 1'000},
      {"0.0005e4", 5},
      {"9007199254740991.0", 9'007'199'254'740'991U},
      {"9007199254740993", 9'007'199'254'740'993U}, // no double is this number
      {"18446744073709551615", std::numeric_limits<std::uint64_t>::max()},
      {"1.8446744073709551615e19", std::numeric_limits<std::uint64_t>::max()},
      {"1" + std::string(30, '0') + "e-30", 1},
      {"0." + std::string(400, '0') + "1e401", 1},
      {"0e99999999999999999999", 0},
  };
  for (const auto& [spelling, value] : numbers) {
    BOOST_TEST_REQUIRE(read_whole_number(spelling).has_value(), spelling);
    BOOST_TEST(*read_whole_number(spelling) == value, spelling);
  }
}

BOOST_AUTO_TEST_CASE(any_other_number_is_refused) {
  for (const auto* spelling :
       {"-1", "0.5", "1e-1", "-1e3", "18446744073709551616", "1.8446744073709551616e19", "1e20",
        "1e400", "1e99999999999999999999", "1e-99999999999999999999", "99999999999999999999", "",
        "-", ".", "1e", "1e+", "1e+-1", "x", "1.5.5"})
    BOOST_TEST(!read_whole_number(spelling).has_value(), spelling);
}

BOOST_AUTO_TEST_CASE(each_64_bit_number_comes_back) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 10'000; ++round) {
    const auto value = random() >> random() % 64;
    BOOST_REQUIRE_EQUAL(read_whole_number(std::to_string(value)).value(), value);
    BOOST_REQUIRE_EQUAL(read_whole_number(std::to_string(value) + ".000").value(), value);
  }
}
