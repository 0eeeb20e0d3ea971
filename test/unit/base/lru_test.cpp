#define BOOST_TEST_MODULE lru
#include <boost/test/unit_test.hpp>

#include <list>
#include <map>
#include <memory>
#include <random>

#include "actors/base/lru.hpp"

using namespace std::chrono_literals;
using cache = meme::lru_cache<int>;
using meme::lru_cache;

namespace {

const cache::time_point start;
const auto later = start + 1h;

/// What an entry with a key of one letter costs.
constexpr std::size_t cost_of(std::size_t bytes) {
  return bytes + 1 + cache::overhead_bytes;
}

} // namespace

BOOST_AUTO_TEST_CASE(what_was_put_is_found) {
  cache pictures(100'000);
  BOOST_TEST(pictures.put("a", 1, 1'000, later));
  BOOST_TEST(pictures.put("b", 2, 1'000, later));
  BOOST_TEST(pictures.get("a", start).value() == 1);
  BOOST_TEST(pictures.get("b", start).value() == 2);
  BOOST_TEST(!pictures.get("c", start));
  BOOST_TEST(pictures.size() == 2U);
  BOOST_TEST(pictures.bytes() == 2 * cost_of(1'000));
}

BOOST_AUTO_TEST_CASE(a_second_put_replaces_the_first) {
  cache pictures(100'000);
  pictures.put("a", 1, 1'000, start + 1s);
  pictures.put("a", 2, 3'000, later);
  BOOST_TEST(pictures.get("a", start + 2s).value() == 2);
  BOOST_TEST(pictures.size() == 1U);
  BOOST_TEST(pictures.bytes() == cost_of(3'000));
}

BOOST_AUTO_TEST_CASE(an_entry_is_gone_the_moment_it_expires) {
  cache pictures(100'000);
  pictures.put("a", 1, 1'000, start + 1s);
  BOOST_TEST(pictures.get("a", start + 999ms).has_value());
  BOOST_TEST(!pictures.get("a", start + 1s).has_value());
  BOOST_TEST(pictures.size() == 0U);
  BOOST_TEST(pictures.bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_the_longest_makes_room) {
  cache pictures(4 * cost_of(1'000));
  for (const auto* key : {"a", "b", "c", "d"})
    pictures.put(key, 1, 1'000, later);
  pictures.get("a", start);
  pictures.put("e", 1, 1'000, later);
  BOOST_TEST(!pictures.get("b", start));
  for (const auto* key : {"a", "c", "d", "e"})
    BOOST_TEST(pictures.get(key, start).has_value());
}

BOOST_AUTO_TEST_CASE(one_large_entry_displaces_as_many_as_it_takes_and_no_more) {
  constexpr auto bound = 8 * cost_of(1'000);
  cache pictures(bound);
  for (const auto* key : {"a", "b", "c", "d", "e", "f", "g", "h"})
    pictures.put(key, 1, 1'000, later);
  BOOST_TEST(pictures.put("x", 1, 1'500, later));
  BOOST_TEST(!pictures.get("a", start));
  BOOST_TEST(!pictures.get("b", start));
  BOOST_TEST(pictures.get("c", start).has_value());
  BOOST_TEST(pictures.bytes() <= bound);
}

BOOST_AUTO_TEST_CASE(what_takes_more_than_a_quarter_is_not_kept) {
  constexpr std::size_t bound = 4'000;
  constexpr auto most = bound / 4 - cost_of(0);
  cache pictures(bound);
  BOOST_TEST(pictures.put("a", 1, most, later));
  BOOST_TEST(!pictures.put("b", 1, most + 1, later));
  BOOST_TEST(!pictures.put("b", 1, static_cast<std::size_t>(-1), later));
  BOOST_TEST(!pictures.put(std::string(2'000, 'k'), 1, 0, later));
  BOOST_TEST(pictures.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_entry_too_large_to_replace_another_leaves_nothing_stale) {
  cache pictures(4'000);
  pictures.put("a", 1, 10, later);
  pictures.put("a", 2, 3'000, later);
  BOOST_TEST(!pictures.get("a", start));
}

BOOST_AUTO_TEST_CASE(without_bytes_nothing_is_kept) {
  cache pictures(0);
  BOOST_TEST(!pictures.put("a", 1, 0, later));
  BOOST_TEST(!pictures.get("a", start));
}

BOOST_AUTO_TEST_CASE(values_are_let_go_when_their_entry_goes) {
  const auto value = std::make_shared<const int>(1);
  lru_cache<std::shared_ptr<const int>> pictures(4'000);
  pictures.put("a", value, 10, start + 1s);
  BOOST_TEST(value.use_count() == 2);
  pictures.get("a", start + 1s);
  BOOST_TEST(value.use_count() == 1);
}

// A model that is too slow to be wrong: a list of entries in order of use.
BOOST_AUTO_TEST_CASE(it_behaves_like_a_plain_list) {
  struct entry {
    std::string key;
    int value;
    std::size_t cost;
    cache::time_point expires_at;
  };
  constexpr std::size_t bound = 5'000;
  std::mt19937 random(1);
  cache pictures(bound);
  std::list<entry> model;
  const auto find = [&](const std::string& key) {
    return std::find_if(model.begin(), model.end(), [&](auto& each) { return each.key == key; });
  };
  for (int step = 0; step < 50'000; ++step) {
    const auto now = start + std::chrono::seconds{step};
    const auto key = "key " + std::to_string(random() % 40);
    const auto found = find(key);
    if (random() % 2 == 0) {
      std::optional<int> expected;
      if (found != model.end() && found->expires_at > now) {
        expected = found->value;
        model.splice(model.begin(), model, found);
      } else if (found != model.end()) {
        model.erase(found);
      }
      BOOST_REQUIRE(pictures.get(key, now) == expected);
      continue;
    }
    const auto bytes = random() % 1'500;
    const auto cost = bytes + key.size() + cache::overhead_bytes;
    const auto expires_at = now + std::chrono::seconds{random() % 100};
    if (found != model.end())
      model.erase(found);
    if (cost <= bound / 4) {
      model.push_front({key, step, cost, expires_at});
      const auto total = [&] {
        std::size_t sum = 0;
        for (auto& each : model)
          sum += each.cost;
        return sum;
      };
      while (total() > bound)
        model.pop_back();
    }
    BOOST_REQUIRE_EQUAL(pictures.put(key, step, bytes, expires_at), cost <= bound / 4);
    BOOST_REQUIRE_EQUAL(pictures.size(), model.size());
    BOOST_REQUIRE_LE(pictures.bytes(), bound);
  }
}
