#pragma once

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "test/support/fault_proxy.hpp"
#include "test/support/world.hpp"

namespace meme::test {

/// Time since something happened, in seconds.
class stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// From now on the service of `here` reaches NATS through the proxy only.
inline std::unique_ptr<fault_proxy> put_proxy_before_nats(world& here) {
  auto result = std::make_unique<fault_proxy>(here.nats.url());
  here.settings.variables["NATS_URL"] = result->url();
  here.restart_service();
  return result;
}

/// "<start>-0" … "<start>-<count - 1>": the ids of world.hpp's `requests`.
inline std::set<std::string> ids_of(std::size_t count, const std::string& start) {
  std::set<std::string> result;
  for (std::size_t i = 0; i < count; ++i)
    result.insert(start + "-" + std::to_string(i));
  return result;
}

/// The rule that holds in every row: once the faults are over each request of `ids` has a result
/// or an error and not both, nothing else was answered, and the queue is empty. Returns how many
/// answers were repeated. `ids` are the prompts, too.
inline std::size_t check_all_answered(world& here, const std::set<std::string>& ids,
                                      mailbox& results, mailbox& errors) {
  std::set<std::string> good;
  std::set<std::string> bad;
  auto count = [&] {
    for (const auto& each : results.messages()) {
      const json result{each.data};
      good.insert(result.text("/request_id"));
      if (result.text("/prompt") != result.text("/request_id"))
        bad.insert("another's picture: " + result.text("/request_id"));
    }
    for (const auto& each : errors.messages())
      bad.insert(json{each.data}.text("/request_id"));
    return good.size() + bad.size() >= ids.size();
  };
  BOOST_TEST(eventually(count, 2 * patience));
  BOOST_TEST(here.drained());
  count();
  std::size_t answered = 0;
  for (const auto& id : ids) {
    BOOST_TEST_INFO(id);
    BOOST_TEST(good.count(id) + bad.count(id) == 1u);
    answered += good.count(id) + bad.count(id);
  }
  BOOST_TEST(answered == good.size() + bad.size()); // nothing that nobody asked for
  return results.messages().size() + errors.messages().size() - answered;
}

inline std::size_t check_all_answered(world& here, const std::set<std::string>& ids) {
  return check_all_answered(here, ids, here.results, here.errors);
}

} // namespace meme::test
