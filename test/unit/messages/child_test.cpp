#define BOOST_TEST_MODULE child
#include <boost/test/unit_test.hpp>

#include "messages/child.hpp"

using namespace meme;

BOOST_AUTO_TEST_CASE(each_name_is_parsed_to_the_child_that_has_it) {
  for (std::size_t i = 0; i < child_kind_count; ++i) {
    const child_id child{static_cast<child_kind>(i), 0};
    BOOST_TEST((parse_child(to_string(child)) == child));
  }
  const child_id twelfth{child_kind::model_client, 11};
  BOOST_TEST(to_string(twelfth) == "model-client-11");
  BOOST_TEST((parse_child("model-client-11") == twelfth));
}

BOOST_AUTO_TEST_CASE(other_names_are_nobody_s) {
  for (auto* name : {"", "supervisor", "model-client", "model-client-", "model-client-x",
                     "model-client-01", "cache-0", "Cache"})
    BOOST_TEST(!parse_child(name));
}
