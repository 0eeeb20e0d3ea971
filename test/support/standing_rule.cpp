#include "test/support/standing_rule.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ostream>

namespace meme::test {

namespace {

/// The ids of `messages`; what belongs to nobody in `ids`, and repeats, are counted.
std::set<std::string> ids_in(const std::vector<message>& messages, const std::set<std::string>& ids,
                             ending& counts) {
  std::set<std::string> result;
  for (const auto& each : messages) {
    const json answer{each.data};
    const auto id = answer.text("/request_id");
    const auto prompt = answer.has("/prompt") ? answer.text("/prompt") : id;
    if (prompt != id && ids.count(prompt) != 0)
      ++counts.mistaken;
    if (ids.count(id) == 0)
      ++counts.strangers;
    else if (!result.insert(id).second)
      ++counts.duplicates;
  }
  return result;
}

} // namespace

std::ostream& operator<<(std::ostream& out, const ending& what) {
  return out << what.asked << " asked: " << what.results << " results, " << what.errors
             << " errors, " << what.queued << " queued, " << what.duplicates << " duplicates";
}

std::set<std::string> ids_of(std::size_t count, const std::string& start) {
  std::set<std::string> result;
  for (std::size_t i = 0; i < count; ++i)
    result.insert(start + "-" + std::to_string(i));
  return result;
}

ending look_at_ending(world& here, const std::set<std::string>& ids, mailbox& results,
                      mailbox& errors) {
  ending result;
  result.queued = here.client.messages_in("MEMES"); // first: an answer comes before it shrinks
  const auto good = ids_in(results.messages(), ids, result);
  const auto bad = ids_in(errors.messages(), ids, result);
  result.asked = ids.size();
  result.results = good.size();
  result.errors = bad.size();
  result.contradicted = static_cast<std::size_t>(
      std::count_if(good.begin(), good.end(), [&](const auto& id) { return bad.count(id) != 0; }));
  return result;
}

ending look_at_ending(world& here, const std::set<std::string>& ids) {
  return look_at_ending(here, ids, here.results, here.errors);
}

ending check_all_ended(world& here, const std::set<std::string>& ids, mailbox& results,
                       mailbox& errors, std::chrono::milliseconds timeout) {
  // Counted only now and then: reading thousands of answers takes a while.
  BOOST_TEST(eventually(
      [&] { return results.messages().size() + errors.messages().size() >= ids.size(); }, timeout));
  BOOST_TEST(eventually([&] { return here.client.messages_in("MEMES") == 0; }, timeout));
  // Repeated answers may have come before the first one to another request.
  BOOST_TEST(eventually(
      [&] { return look_at_ending(here, ids, results, errors).answered() == ids.size(); },
      timeout));
  const auto result = look_at_ending(here, ids, results, errors);
  BOOST_TEST(result.answered() == ids.size(), result);
  BOOST_TEST(result.contradicted == 0u, result);
  BOOST_TEST(result.strangers == 0u, result);
  BOOST_TEST(result.mistaken == 0u, result);
  BOOST_TEST(result.queued == 0, result);
  return result;
}

ending check_all_ended(world& here, const std::set<std::string>& ids,
                       std::chrono::milliseconds timeout) {
  return check_all_ended(here, ids, here.results, here.errors, timeout);
}

} // namespace meme::test
