#define BOOST_TEST_MODULE error
#include <boost/test/unit_test.hpp>

#include "messages/error.hpp"

using namespace meme;

BOOST_AUTO_TEST_CASE(no_error_is_false) {
  BOOST_TEST(!error{});
  BOOST_TEST(static_cast<bool>(malformed("has no port")));
  BOOST_TEST(!malformed("has no port").cause());
}

BOOST_AUTO_TEST_CASE(an_error_says_its_causes_behind_its_own_text) {
  const error lowest{error_kind::failed, "no space left"};
  const error middle{error_kind::failed, "cannot write a.png", lowest};
  const error highest{error_kind::refused, "nothing is saved", middle};
  BOOST_TEST(highest.text() == "nothing is saved");
  BOOST_TEST((highest.kind() == error_kind::refused));
  BOOST_TEST(highest.cause().text() == "cannot write a.png");
  BOOST_TEST(highest.message() == "nothing is saved: cannot write a.png: no space left");
}

BOOST_AUTO_TEST_CASE(an_expected_has_a_value_or_an_error) {
  const expected<int> seven = 7;
  BOOST_TEST_REQUIRE(static_cast<bool>(seven));
  BOOST_TEST(*seven == 7);
  BOOST_TEST(!seven.error());
  const expected<int> none = malformed("is no number");
  BOOST_TEST(!none);
  BOOST_TEST(none.error().message() == "is no number");
  BOOST_TEST(seven.value() == 7);
  BOOST_CHECK_THROW(none.value(), std::runtime_error);
}
