#define BOOST_TEST_MODULE cache_key
#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>
#include <vector>

#include "actors/cache/cache_key.hpp"

using meme::cache_key;
using meme::picture_spec;

namespace {

picture_spec full() {
  picture_spec spec;
  spec.url = "https://example.org/models/m";
  spec.model = "m";
  spec.inputs = "cat";
  spec.parameters.negative_prompt = "dog";
  spec.parameters.guidance_scale = 7.5;
  spec.parameters.num_inference_steps = 20;
  spec.parameters.seed = 1;
  spec.parameters.width = 512;
  spec.parameters.height = 768;
  return spec;
}

} // namespace

// What these bytes hash to was computed with coreutils:
//   printf '28:https://example.org/models/m,3:cat,3:dog,3:7.5,2:20,1:1,3:512,3:768,9:image/png,' |
//   sha256sum
BOOST_AUTO_TEST_CASE(a_key_stays_what_it_is) {
  BOOST_TEST(cache_key(full())
             == "meme:v1:4855509b1ff556f42ec20fff7f5786176eee578e302db5652bfb6ddd4f0433bb");
  BOOST_TEST(cache_key(picture_spec{})
             == "meme:v1:67b323f4e601b0ad88fa7a6c095718accfe186d764ec4fd9e86b49167e7c6608");
}

// Of absent, empty, least and largest values; computed outside of this program like the one above.
BOOST_AUTO_TEST_CASE(keys_of_all_kinds_of_values_stay_what_they_are) {
  picture_spec spec;
  spec.url = "https://e.test/m";
  spec.inputs = "é\n🚀";
  spec.parameters.seed = 18'446'744'073'709'551'615U;
  BOOST_TEST(cache_key(spec)
             == "meme:v1:3064f64d55f3291be5ba33e4772dcbacc81be48b1a1fb07dd1c7d0a34c52b425");
  spec.inputs = "cat";
  spec.parameters.negative_prompt = "";
  spec.parameters.guidance_scale = 0;
  spec.parameters.num_inference_steps = 1;
  spec.parameters.seed = 0;
  spec.parameters.width = 64;
  spec.parameters.height = 2'048;
  spec.accept = "image/jpeg";
  BOOST_TEST(cache_key(spec)
             == "meme:v1:22e4460da970929f15ae97855f5d181b4b2d6103d1f674e8b8963430b7be8b08");
  spec = {};
  spec.url = "https://e.test/m";
  spec.inputs = "cat";
  spec.parameters.guidance_scale = 0.1;
  spec.parameters.width = 512;
  spec.accept = "image/webp";
  BOOST_TEST(cache_key(spec)
             == "meme:v1:f4db3999e79fd5c1f78b4a5844ab367cc014fcf77806e891465b6f59d565d4ee");
}

BOOST_AUTO_TEST_CASE(the_models_name_does_not_matter) {
  auto renamed = full();
  renamed.model = "another";
  BOOST_TEST(cache_key(renamed) == cache_key(full()));
}

BOOST_AUTO_TEST_CASE(everything_else_does) {
  const std::vector<std::function<void(picture_spec&)>> changes = {
      [](auto&) {},
      [](auto& spec) { spec.url += '/'; },
      [](auto& spec) { spec.inputs = "cats"; },
      [](auto& spec) { spec.inputs = ""; },
      [](auto& spec) { spec.parameters.negative_prompt = "dogs"; },
      [](auto& spec) { spec.parameters.negative_prompt = ""; },
      [](auto& spec) { spec.parameters.negative_prompt.reset(); },
      [](auto& spec) { spec.parameters.guidance_scale = 7.500000000000001; },
      [](auto& spec) { spec.parameters.guidance_scale = 0; },
      [](auto& spec) { spec.parameters.guidance_scale.reset(); },
      [](auto& spec) { spec.parameters.num_inference_steps = 21; },
      [](auto& spec) { spec.parameters.num_inference_steps.reset(); },
      [](auto& spec) { spec.parameters.seed = 2; },
      [](auto& spec) { spec.parameters.seed = 0; },
      [](auto& spec) { spec.parameters.seed.reset(); },
      [](auto& spec) { spec.parameters.width = 768; },
      [](auto& spec) { spec.parameters.width.reset(); },
      [](auto& spec) { spec.parameters.height = 512; },
      [](auto& spec) { spec.parameters.height.reset(); },
      [](auto& spec) { std::swap(spec.parameters.width, spec.parameters.height); },
      [](auto& spec) { spec.accept = "image/jpeg"; },
  };
  std::set<std::string> keys;
  for (const auto& change : changes) {
    auto spec = full();
    change(spec);
    keys.insert(cache_key(spec));
  }
  BOOST_TEST(keys.size() == changes.size());
}

BOOST_AUTO_TEST_CASE(texts_cannot_pose_as_other_fields) {
  picture_spec one;
  one.inputs = "cat,3:dog";
  picture_spec other;
  other.inputs = "cat";
  other.parameters.negative_prompt = "dog";
  BOOST_TEST(cache_key(one) != cache_key(other));

  picture_spec absent;
  picture_spec dash;
  dash.parameters.negative_prompt = "-";
  BOOST_TEST(cache_key(absent) != cache_key(dash));

  picture_spec large;
  large.parameters.seed = 9'007'199'254'740'992U; // a double is the same for both
  auto next = large;
  next.parameters.seed = 9'007'199'254'740'993U;
  BOOST_TEST(cache_key(large) != cache_key(next));
  picture_spec seeded;
  seeded.parameters.seed = 512;
  picture_spec wide;
  wide.parameters.width = 512;
  BOOST_TEST(cache_key(seeded) != cache_key(wide));
}
