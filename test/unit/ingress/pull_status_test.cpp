#define BOOST_TEST_MODULE pull_status
#include <boost/test/unit_test.hpp>

#include "actors/ingress/pull_status.hpp"

using meme::read_pull_status;
using kind = meme::pull_status::kind;

BOOST_AUTO_TEST_CASE(each_status_has_its_meaning) {
  BOOST_TEST((read_pull_status("", "").what == kind::none));
  BOOST_TEST((read_pull_status("100", "").what == kind::heartbeat));
  BOOST_TEST((read_pull_status("404", "").what == kind::lapsed));
  BOOST_TEST((read_pull_status("408", "").what == kind::lapsed));
  for (const auto* other : {"409", "503", "400", "1000", "x"})
    BOOST_TEST((read_pull_status(other, "3").what == kind::refused), other);
}

BOOST_AUTO_TEST_CASE(a_lapsed_pull_says_how_many_will_not_come) {
  BOOST_TEST((read_pull_status("408", "7").pending == 7U));
  BOOST_TEST((read_pull_status("408", "0").pending == 0U));
  for (const auto* no_number : {"", "x", "-1", "7x", " 7", "99999999999999999999"})
    BOOST_TEST(!read_pull_status("408", no_number).pending.has_value(), no_number);
  BOOST_TEST(!read_pull_status("409", "7").pending.has_value());
}
