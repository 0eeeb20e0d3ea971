// Whose fault is it, the model's or a request's? The generator itself on virtual time, between a
// simulated queue and a simulated model: requests that always fail ("poison") among healthy ones.
// Prints how long the healthy ones wait. Seeds make each run repeatable.
#define BOOST_TEST_MODULE poison_simulation
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <random>

#include "actors/generator/generator.hpp"
#include "actors/generator/retry.hpp"
#include "test/actors/fixture.hpp"

using namespace meme;
using namespace meme::test;

namespace {

using milliseconds = std::chrono::milliseconds;

struct scenario {
  const char* name;
  std::size_t permits;
  milliseconds interval;  ///< between two healthy requests
  milliseconds up, down;  ///< the model's phases in turn; without `down` it is always up
  std::size_t poison = 0; ///< requests that always fail; in the queue before the healthy ones
  std::uint64_t seed = 1;
};

struct summary {
  std::vector<double> delays_s; ///< of healthy requests
  std::size_t unanswered = 0;   ///< healthy ones, at the end
  std::size_t errors = 0;       ///< requests that were given up
  std::size_t calls_in_vain = 0;
  std::size_t left = 0; ///< in the queue at the end
  double opened_after_s = -1;

  double percentile(double share) {
    if (delays_s.empty())
      return -1;
    std::sort(delays_s.begin(), delays_s.end());
    auto index = static_cast<std::size_t>(share * static_cast<double>(delays_s.size()));
    return delays_s[std::min(index, delays_s.size() - 1)];
  }
};

/// The queue and the model around one generator. Time goes in steps of 50 ms.
class simulation : fixture {
public:
  explicit simulation(const scenario& given) : given_(given), random_(given.seed) {
    shared->options.ingress.max_in_flight = given.permits;
    shared->seed = given.seed;
    all.ingress = new_ingress();
    all.cache = new_cache();
    all.model_clients = {new_model_client()};
    generator_ = spawn_generator(parent(), make_generator_config(*shared));
    announce(generator_);
    for (std::size_t i = 0; i < given.poison; ++i)
      queue_.push_back({"poison-" + std::to_string(i), 0ms, 1, {}});
  }

  ~simulation() { kill(generator_); }

  summary run_for(milliseconds length) {
    for (; now_ < length; now_ += step) {
      // Those that come near the end could not be answered in time.
      if (now_ >= next_healthy_ && now_ + 60s < length)
        add_healthy();
      deliver();
      end_calls();
      sched.advance_time(step);
      run();
      look();
    }
    for (auto& each : held_)
      count_unanswered(each.second.name);
    for (auto& each : queue_)
      count_unanswered(each.name);
    result_.left = queue_.size();
    return std::move(result_);
  }

private:
  static constexpr milliseconds step{50};

  struct message {
    std::string name;
    milliseconds due;
    std::uint64_t deliveries = 1;
    std::optional<milliseconds> tried_since;
    std::uint64_t number = 0;
  };

  bool model_is_up() const {
    if (given_.down == 0ms)
      return true;
    return given_.up > 0ms && now_ % (given_.up + given_.down) < given_.up;
  }

  static bool is_healthy(const std::string& name) { return name[0] == 'h'; }

  milliseconds between(milliseconds least, milliseconds most) {
    return milliseconds{
        std::uniform_int_distribution<std::int64_t>{least.count(), most.count()}(random_)};
  }

  void add_healthy() {
    auto name = "healthy-" + std::to_string(asked_at_.size());
    asked_at_[name] = now_;
    queue_.push_back({name, now_, 1, {}});
    next_healthy_ = now_ + between(given_.interval / 2, given_.interval * 3 / 2);
  }

  void count_unanswered(const std::string& name) {
    if (!is_healthy(name))
      return;
    ++result_.unanswered;
    result_.delays_s.push_back(std::chrono::duration<double>(now_ - asked_at_.at(name)).count());
  }

  /// As the server and the ingress do: what is delivered again goes first.
  void deliver() {
    for (;;) {
      auto next = std::min_element(queue_.begin(), queue_.end(), [this](auto& a, auto& b) {
        auto rank = [this](const message& of) {
          return std::make_tuple(of.due > now_, of.deliveries == 1, of.due);
        };
        return rank(a) < rank(b);
      });
      if (next == queue_.end() || next->due > now_ || held_.size() >= limit())
        return;
      auto taken = *next;
      queue_.erase(next);
      taken.number = ++last_number_;
      auto work = std::make_shared<job>(*some_job(taken.number, taken.name));
      work->attempt = taken.deliveries;
      work->spec.inputs = std::to_string(taken.number);
      if (taken.tried_since) {
        work->tried_since = start_ + *taken.tried_since;
        work->last_failure = std::make_shared<failure>();
      }
      held_.emplace(taken.name, taken);
      tell(generator_, generate{work});
      look();
    }
  }

  std::size_t limit() const {
    if (flow_ == pull_limit{}.messages)
      return given_.permits;
    auto older =
        static_cast<std::size_t>(std::count_if(held_.begin(), held_.end(), [this](auto& each) {
          return each.second.number <= number_at_flow_;
        }));
    return std::min(given_.permits, older + flow_);
  }

  /// What the generator has told its peers.
  void look() {
    for (; flows_seen_ < seen.pull_limits.size(); ++flows_seen_) {
      flow_ = seen.pull_limits[flows_seen_];
      number_at_flow_ = last_number_;
      if (flow_ == 1 && held_.size() >= given_.permits) {
        tell(generator_, no_room{});
      }
      if (flow_ != pull_limit{}.messages && result_.opened_after_s < 0)
        result_.opened_after_s = std::chrono::duration<double>(now_).count();
    }
    for (; calls_seen_ < seen.calls[0].size(); ++calls_seen_) {
      auto& made = seen.calls[0][calls_seen_];
      auto found = std::find_if(held_.begin(), held_.end(),
                                [&](auto& each) { return each.second.number == number_of(made); });
      auto fails = !model_is_up() || !is_healthy(found->first);
      under_way_.emplace(now_ + (fails ? between(100ms, 500ms) : between(2s, 4s)),
                         std::make_pair(made, fails));
      result_.calls_in_vain += fails ? 1 : 0;
    }
    for (; ends_seen_ < seen.generated_ones.size(); ++ends_seen_) {
      auto end = seen.generated_ones[ends_seen_];
      auto taken = held_.extract(end.key).mapped();
      if (auto* why = std::get_if<failure>(&end.result))
        after_failure(std::move(taken), *why);
      else
        result_.delays_s.push_back(
            std::chrono::duration<double>(now_ - asked_at_.at(end.key)).count());
    }
  }

  /// `deliver` has written it there.
  static std::uint64_t number_of(const call& made) { return std::stoull(made.spec->inputs); }

  void after_failure(message taken, const failure& why) {
    if (why.tried_for && !taken.tried_since)
      taken.tried_since = now_ - *why.tried_for;
    auto give_up_at = taken.tried_since.value_or(now_) + shared->options.generator.give_up_after;
    if (taken.deliveries >= 20 || now_ + why.retry_after >= give_up_at) {
      ++result_.errors;
      if (is_healthy(taken.name))
        count_unanswered(taken.name);
      return;
    }
    auto pause = redelivery_delay(taken.deliveries, 2s, 120s, why.retry_after, random_);
    taken.due = now_ + std::min(pause, give_up_at - now_);
    ++taken.deliveries;
    queue_.push_back(std::move(taken));
  }

  void end_calls() {
    while (!under_way_.empty() && under_way_.begin()->first <= now_) {
      auto [made, fails] = under_way_.begin()->second;
      under_way_.erase(under_way_.begin());
      called end;
      end.number = made.number;
      end.verdict.kind = fails ? verdict_kind::retry : verdict_kind::picture;
      end.verdict.code = error_code::model_unavailable;
      end.verdict.text = "the model answered 500";
      if (!fails)
        end.picture = some_picture();
      tell(generator_, end);
      look();
    }
  }

  scenario given_;
  std::minstd_rand random_;
  generator_actor generator_;
  std::chrono::steady_clock::time_point start_ = sched.clock().now();
  milliseconds now_{0};
  milliseconds next_healthy_{5'000};
  std::deque<message> queue_;
  std::map<std::string, message> held_;
  std::map<std::string, milliseconds> asked_at_;
  std::multimap<milliseconds, std::pair<call, bool>> under_way_;
  std::size_t flow_ = pull_limit{}.messages;
  std::uint64_t number_at_flow_ = 0;
  std::uint64_t last_number_ = 0;
  std::size_t flows_seen_ = 0;
  std::size_t calls_seen_ = 0;
  std::size_t ends_seen_ = 0;
  summary result_;
};

constexpr auto seeds = 5u;
constexpr auto length = 10min;

/// All seeds of a scenario together.
summary run_all(scenario what) {
  summary all;
  for (auto seed = 1u; seed <= seeds; ++seed) {
    what.seed = seed;
    auto one = simulation{what}.run_for(length);
    all.delays_s.insert(all.delays_s.end(), one.delays_s.begin(), one.delays_s.end());
    all.unanswered += one.unanswered;
    all.errors += one.errors;
    all.calls_in_vain += one.calls_in_vain;
    all.left += one.left;
    all.opened_after_s = std::max(all.opened_after_s, one.opened_after_s);
  }
  return all;
}

summary run_and_print(const scenario& what) {
  auto all = run_all(what);
  char line[160];
  std::snprintf(line, sizeof line,
                "%-28s poison %2zu: median %6.1f s, p99 %6.1f s, %3zu of %4zu not answered, "
                "%5zu calls failed",
                what.name, what.poison, all.percentile(.5), all.percentile(.99), all.unanswered,
                all.delays_s.size(), all.calls_in_vain);
  BOOST_TEST_MESSAGE(line);
  return all;
}

const scenario quiet{"quiet queue", 64, 20s, 1s, 0s};
const scenario busy{"busy queue", 64, 500ms, 1s, 0s};
const scenario small_pod{"five permits", 5, 20s, 1s, 0s};
const scenario flapping{"model up 60 s, down 20 s", 64, 1s, 60s, 20s};

} // namespace

BOOST_AUTO_TEST_CASE(healthy_requests_do_not_wait_for_poison_ones) {
  for (auto base : {quiet, busy, small_pod})
    for (std::size_t poison : {0u, 1u, 3u, 30u}) {
      base.poison = poison;
      auto seen = run_and_print(base);
      BOOST_TEST(seen.unanswered == 0u);
      // Untried requests probe one after the other, and there are 25 more in the queue that fail.
      auto many_wait = poison > base.permits;
      BOOST_TEST(seen.percentile(.99) < (many_wait ? 120 : 30));
    }
}

BOOST_AUTO_TEST_CASE(with_a_flapping_model_they_wait_for_the_model_alone) {
  auto base = flapping;
  auto without = run_and_print(base).percentile(.99);
  for (std::size_t poison : {1u, 3u, 30u}) {
    base.poison = poison;
    auto seen = run_and_print(base);
    BOOST_TEST(seen.unanswered == 0u);
    BOOST_TEST(seen.percentile(.99) < without + 15);
  }
}

// Two requests are enough; and the pauses of the breaker, not the retries of the requests, decide
// how often the model is called. What is in the queue is not given up in a hurry.
BOOST_AUTO_TEST_CASE(a_model_that_is_down_is_left_alone_and_the_queue_is_kept) {
  for (std::size_t waiting : {2u, 6u, 30u}) {
    scenario down{"model down", 64, 24h, 0s, 1s, waiting};
    auto seen = run_and_print(down);
    BOOST_TEST(seen.opened_after_s >= 0);
    BOOST_TEST(seen.opened_after_s < 10);
    BOOST_TEST(seen.calls_in_vain < seeds * (waiting + 60));
  }
  scenario deep{"model down, one a second", 64, 1s, 0s, 1s};
  auto seen = run_and_print(deep);
  BOOST_TEST(seen.opened_after_s < 10 + 5);
  BOOST_TEST(seen.calls_in_vain < seeds * 100);
  BOOST_TEST(seen.errors < seeds * 60);
  BOOST_TEST(seen.left + seeds * 64 > seeds * 440);
}
