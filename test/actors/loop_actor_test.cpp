#define BOOST_TEST_MODULE loop actor
#include <boost/test/unit_test.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "actors/io/loop_actor.hpp"
#include "test/actors/loop_fixture.hpp"

using namespace meme;
using namespace meme::test;

namespace {

using probe_actor = caf::typed_actor<caf::reacts_to<int>>;

/// What a probe has done, in order: a message's number, `timer`, `event` or `exit`.
struct record {
  static constexpr int timer = -1;
  static constexpr int event = -2;
  static constexpr int exit = -3;

  std::vector<int> done;
  std::atomic<int> messages{0};
  std::atomic<int> events{0};
  std::function<void()> on_event = [] {};
  std::function<void(int)> on_message = [](int) {};
  io::unique_fd signal{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};

  void raise_event() const {
    const std::uint64_t one = 1;
    BOOST_TEST_REQUIRE(::write(signal.get(), &one, sizeof one) == sizeof one);
  }
};

/// Notes what happens to it. It watches an eventfd, and has a timer of 100 ms.
class probe final : public io::loop_actor<probe_actor::base> {
public:
  using actor_hdl = probe_actor;

  probe(caf::actor_config& config, record* notes) : loop_actor(config), notes_(notes) {}

  behavior_type make_behavior() override {
    loop().watch(notes_->signal.get(), EPOLLIN, [this](std::uint32_t) {
      std::uint64_t count = 0;
      [[maybe_unused]] auto size = ::read(notes_->signal.get(), &count, sizeof count);
      notes_->done.push_back(record::event);
      ++notes_->events;
      if (stop_at_event)
        quit(caf::exit_reason::user_shutdown);
      notes_->on_event();
    });
    loop().call_after(100ms, [this] { notes_->done.push_back(record::timer); });
    return {[this](int number) {
      notes_->done.push_back(number);
      notes_->on_message(number);
      ++notes_->messages;
      stop_at_event = number == quit_at_next_event;
    }};
  }

  void on_exit() override { notes_->done.push_back(record::exit); }

  static constexpr int quit_at_next_event = 1'000'000;

private:
  record* notes_;
  bool stop_at_event = false;
};

/// A probe without a thread of its own, on virtual time.
struct turned : loop_fixture<probe> {
  record notes;

  turned() { spawn(&notes); }
  ~turned() { stop(); }

  void expect(const std::vector<int>& done) {
    BOOST_TEST(notes.done == done, boost::test_tools::per_element());
    notes.done.clear();
  }
};

/// A probe with its own thread, as in the service.
struct detached {
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<caf::scoped_actor> self;
  record notes;
  probe_actor actor;
  std::promise<caf::error> ended;

  detached() {
    config.set("scheduler.max-threads", 1);
    system = std::make_unique<caf::actor_system>(config);
    self = std::make_unique<caf::scoped_actor>(*system);
  }

  void spawn() {
    actor = (*self)->spawn<probe, caf::detached>(&notes);
    actor->attach_functor([this](const caf::error& reason) { ended.set_value(reason); });
  }

  caf::error end() { return ended.get_future().get(); }

  ~detached() {
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    actor = nullptr;
    self.reset();
    system.reset(); // waits for the actor
  }
};

void wait_for(const std::atomic<int>& count, int expected) {
  while (count < expected)
    std::this_thread::yield();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(turned_by_hand, turned)

BOOST_AUTO_TEST_CASE(messages_are_handled_without_the_loop) {
  tell(actor, 1);
  expect({1});
}

BOOST_AUTO_TEST_CASE(a_timer_is_due_by_the_clock_of_the_actor_system) {
  pass(90ms);
  expect({});
  pass(10ms);
  expect({record::timer});
}

BOOST_AUTO_TEST_CASE(an_event_is_handled_when_the_loop_turns) {
  notes.raise_event();
  run();
  expect({});
  turn();
  expect({record::event});
}

BOOST_AUTO_TEST_CASE(an_actor_that_quits_in_a_callback_has_ended) {
  tell(actor, probe::quit_at_next_event);
  notes.raise_event();
  turn();
  expect({probe::quit_at_next_event, record::event, record::exit});
  BOOST_TEST(!alive());
  tell(actor, 2);
  expect({});
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_callback_ends_the_actor_with_its_text) {
  caf::error reason;
  actor->attach_functor([&](const caf::error& error) { reason = error; });
  notes.on_event = [] { throw std::runtime_error("no descriptor"); };
  notes.raise_event();
  turn();
  BOOST_TEST(!alive());
  BOOST_TEST(caf::to_string(reason).find("no descriptor") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_actor_that_is_told_to_exit_runs_no_more_callbacks) {
  kill(actor);
  notes.raise_event();
  pass(200ms);
  expect({record::exit});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(on_a_thread_of_its_own, detached)

BOOST_AUTO_TEST_CASE(a_message_wakes_the_thread_that_waits_in_the_loop) {
  spawn();
  for (auto i = 1; i <= 10'000; ++i) {
    caf::anon_send(actor, i);
    wait_for(notes.messages, i); // then it waits in the loop again, or is about to
  }
}

BOOST_AUTO_TEST_CASE(an_event_wakes_the_thread_as_well) {
  spawn();
  for (auto i = 1; i <= 10'000; ++i) {
    notes.raise_event();
    wait_for(notes.events, i);
  }
}

BOOST_AUTO_TEST_CASE(no_message_of_several_senders_is_lost) {
  constexpr auto senders = 4;
  constexpr auto messages = 20'000;
  spawn();
  std::vector<std::thread> threads;
  for (auto i = 0; i < senders; ++i)
    threads.emplace_back([&] {
      for (auto number = 0; number < messages; ++number)
        caf::anon_send(actor, number);
    });
  for (auto& each : threads)
    each.join();
  wait_for(notes.messages, senders * messages);
}

BOOST_AUTO_TEST_CASE(a_full_mailbox_leaves_the_events_their_turn) {
  std::promise<void> begun;
  std::promise<void> all_sent;
  auto sent = all_sent.get_future().share();
  notes.on_message = [&](int number) {
    if (number != 0)
      return;
    begun.set_value();
    sent.wait();
  };
  spawn();
  caf::anon_send(actor, 0);
  begun.get_future().wait();
  for (auto i = 1; i < 1'000; ++i)
    caf::anon_send(actor, i);
  notes.raise_event();
  all_sent.set_value();
  wait_for(notes.messages, 1'000);
  wait_for(notes.events, 1);
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  end(); // its thread writes no more
  const auto event = std::find(notes.done.begin(), notes.done.end(), record::event);
  BOOST_TEST(std::distance(notes.done.begin(), event) <= 64); // a burst of messages
}

BOOST_AUTO_TEST_CASE(an_actor_that_quits_in_a_callback_ends_though_no_message_comes) {
  spawn();
  caf::anon_send(actor, probe::quit_at_next_event);
  wait_for(notes.messages, 1);
  notes.raise_event();
  BOOST_TEST((end() == caf::exit_reason::user_shutdown));
  BOOST_TEST(notes.done.back() == record::exit);
}

BOOST_AUTO_TEST_CASE(an_exception_in_a_callback_ends_it_with_its_text) {
  notes.on_event = [] { throw std::runtime_error("no descriptor"); };
  spawn();
  notes.raise_event();
  BOOST_TEST(caf::to_string(end()).find("no descriptor") != std::string::npos);
  BOOST_TEST(notes.done.back() == record::exit);
}

BOOST_AUTO_TEST_CASE(an_actor_that_is_killed_while_it_waits_ends) {
  for (auto i = 0; i < 200; ++i) {
    ended = {};
    spawn();
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    BOOST_TEST((end() == caf::exit_reason::kill));
    BOOST_TEST(notes.done.back() == record::exit);
  }
}

BOOST_AUTO_TEST_SUITE_END()
