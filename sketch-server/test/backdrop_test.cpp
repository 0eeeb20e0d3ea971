#define BOOST_TEST_MODULE backdrop
#include "sketch-server/drawing/backdrop.hpp"

#include <boost/test/unit_test.hpp>

using namespace meme::sketch;

BOOST_AUTO_TEST_CASE(a_prompts_words_choose_the_scene) {
  BOOST_TEST((scene_named("A cat on Mars") == scene::space));
  BOOST_TEST((scene_named("two SHIPS, far away") == scene::sea));
  BOOST_TEST((scene_named("on friday,we deploy") == scene::city));
  BOOST_TEST(!scene_named("nothing of the kind"));
  BOOST_TEST(!scene_named(""));
}

BOOST_AUTO_TEST_CASE(a_prompts_words_choose_the_figure) {
  BOOST_TEST((figure_named("A cat on Mars") == figure::cat));
  BOOST_TEST((figure_named("puppies and dogs") == figure::dog));
  BOOST_TEST((figure_named("an AI, thinking") == figure::robot));
}

BOOST_AUTO_TEST_CASE(parts_of_words_choose_nothing) {
  BOOST_TEST(!figure_named("a catalogue of dogmas"));
  BOOST_TEST(!scene_named("seasons of starvation"));
}

BOOST_AUTO_TEST_CASE(the_dice_are_the_same_for_the_same_prompt_and_seed_only) {
  const auto first = picture_seed("a", 1);
  BOOST_TEST(picture_seed("a", 1) == first);
  BOOST_TEST(picture_seed("a", 2) != first);
  BOOST_TEST(picture_seed("b", 1) != first);
  random_source dice{first};
  for (int i = 0; i < 1'000; ++i) {
    BOOST_TEST(dice.index(6) < 6u);
    const auto number = dice.between(-2, 3);
    BOOST_TEST((number >= -2 && number < 3));
  }
}
