#define BOOST_TEST_MODULE subject
#include <boost/test/unit_test.hpp>

#include "messages/subjects/subject.hpp"

using namespace meme;

BOOST_AUTO_TEST_CASE(subjects_overlap_where_one_message_could_match_both) {
  for (const auto& [left, right] :
       {std::pair{"a.b", "a.b"}, std::pair{"a.*", "a.b"}, std::pair{"a.>", "a.b.c"},
        std::pair{"*.b", "a.*"}, std::pair{">", "a"}, std::pair{"a.*.>", "a.b.*"}}) {
    BOOST_TEST(subjects_overlap(left, right), left << " " << right);
    BOOST_TEST(subjects_overlap(right, left), left << " " << right);
  }
  for (const auto& [left, right] :
       {std::pair{"a.b", "a.c"}, std::pair{"a", "a.b"}, std::pair{"a.>", "a"},
        std::pair{"a.*", "a.b.c"}, std::pair{"a.*", "a"}, std::pair{"ab", "a"}}) {
    BOOST_TEST(!subjects_overlap(left, right), left << " " << right);
    BOOST_TEST(!subjects_overlap(right, left), left << " " << right);
  }
}

BOOST_AUTO_TEST_CASE(a_jetstream_name_has_no_dots_wildcards_spaces_or_slashes) {
  BOOST_TEST(valid_jetstream_name("MEMES_2-x"));
  for (const auto* name : {"", "a.b", "a*", ">", "a b", "a\tb", "a/b", "a\\b", "\xc3\xa9"})
    BOOST_TEST(!valid_jetstream_name(name), name);
  BOOST_TEST(!valid_jetstream_name(std::string(256, 'a')));
}
