#define BOOST_TEST_MODULE retry_after
#include <boost/test/unit_test.hpp>

#include <random>

#include "actors/generator/providers/retry_after.hpp"

using namespace meme;

namespace {

constexpr std::int64_t now = 784'111'777; // Sun, 06 Nov 1994 08:49:37 GMT

/// Milliseconds, or -1 for nothing.
std::int64_t wait_of(std::string_view header) {
  const auto wait = parse_retry_after(header, now);
  return wait ? wait->count() : -1;
}

std::int64_t reset_of(std::string_view header) {
  const auto wait = parse_rate_limit(header);
  return wait ? wait->count() : -1;
}

} // namespace

BOOST_AUTO_TEST_CASE(seconds_are_read) {
  BOOST_TEST(wait_of("0") == 0);
  BOOST_TEST(wait_of("7") == 7'000);
  BOOST_TEST(wait_of(" 120\t") == 120'000);
  BOOST_TEST(wait_of("1.5") == 1'500);
  BOOST_TEST(wait_of("0.0001") == 1); // never earlier than said
}

BOOST_AUTO_TEST_CASE(all_three_forms_of_a_date_are_read) {
  BOOST_TEST(wait_of("Sun, 06 Nov 1994 08:49:47 GMT") == 10'000);
  BOOST_TEST(wait_of("Sunday, 06-Nov-94 08:49:47 GMT") == 10'000);
  BOOST_TEST(wait_of("Sun Nov  6 08:49:47 1994") == 10'000);
}

BOOST_AUTO_TEST_CASE(a_date_that_has_passed_means_at_once) {
  BOOST_TEST(wait_of("Sun, 06 Nov 1994 08:49:37 GMT") == 0);
  BOOST_TEST(wait_of("Sun, 06 Nov 1994 08:49:36 GMT") == 0);
  BOOST_TEST(wait_of("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
}

BOOST_AUTO_TEST_CASE(nobody_waits_longer_than_ten_minutes) {
  BOOST_TEST(wait_of("600") == 600'000);
  BOOST_TEST(wait_of("601") == 600'000);
  BOOST_TEST(wait_of("99999999999999999999999999") == 600'000);
  BOOST_TEST(wait_of(std::string(400, '9')) == 600'000);
  BOOST_TEST(wait_of("Sun, 06 Nov 1994 09:49:37 GMT") == 600'000);
  BOOST_TEST(wait_of("Sat, 06 Nov 9999 08:49:37 GMT") == 600'000);
}

BOOST_AUTO_TEST_CASE(anything_else_says_nothing) {
  for (const auto* header :
       {"", " ", "soon", "-1", "+1", "1e3", "0x10", "inf", "nan", ".", "1.2.3", "1 2", "1s",
        "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 PST", "Sun, 06 Nov 1994 08:49:37 GMT, 5",
        "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"})
    BOOST_TEST(wait_of(header) == -1, header);
}

BOOST_AUTO_TEST_CASE(the_time_to_reset_is_read) {
  BOOST_TEST(reset_of(R"("api";r=0;t=55)") == 55'000);
  BOOST_TEST(reset_of(R"( "api" ; t=55 ; r=0 )") == 55'000);
  BOOST_TEST(reset_of(R"("api";t=5)") == 5'000);
  BOOST_TEST(reset_of(R"("api";r=0;t=5;pk=:abc=:)") == 5'000);
  BOOST_TEST(reset_of(R"("api";r=0;t=99999)") == 600'000);
}

BOOST_AUTO_TEST_CASE(of_several_policies_the_exhausted_ones_count) {
  BOOST_TEST(reset_of(R"("burst";r=0;t=5, "day";r=100;t=3600)") == 5'000);
  BOOST_TEST(reset_of(R"("burst";r=0;t=5,"hour";r=0;t=300)") == 300'000);
  BOOST_TEST(reset_of(R"("api";r=3;t=55)") == -1);
}

BOOST_AUTO_TEST_CASE(a_header_of_another_kind_says_nothing) {
  for (const auto* header :
       {"", "55", R"("api")", R"("api";r=0)", R"("api";r=0;t=)", R"("api";r=0;t=-5)",
        R"("api";r=0;t=x)", ";;;", ",,,", "=", ";t", ";=;"})
    BOOST_TEST(reset_of(header) == -1, header);
}

BOOST_AUTO_TEST_CASE(mutated_headers_stay_within_bounds) {
  std::mt19937 random(1);
  const std::string headers[] = {"Sun, 06 Nov 1994 08:49:47 GMT", "120",
                                 R"("api";r=0;t=55, "b";r=0;t=9)", "Sunday, 06-Nov-94 08:49:47 GMT",
                                 "Sun Nov  6 08:49:47 1994"};
  constexpr std::string_view pieces = "0189 ,;=\"-:.GMTt\xff";
  for (int round = 0; round < 20'000; ++round) {
    auto header = headers[random() % std::size(headers)];
    for (auto changes = random() % 4; changes > 0; --changes)
      header[random() % header.size()] = pieces[random() % pieces.size()];
    BOOST_REQUIRE(wait_of(header) >= -1 && wait_of(header) <= 600'000);
    BOOST_REQUIRE(reset_of(header) >= -1 && reset_of(header) <= 600'000);
  }
}
