#include "test/fault/soak_run.hpp"

#include <algorithm>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "actors/io/nats/nats_connection.hpp"
#include "test/fault/soak_requests.hpp"
#include "test/support/http.hpp"

namespace meme::test {

namespace {

constexpr const char* answer_stream = "SOAK_ANSWERS";

/// What was in work when a fault ended may come back, and be answered again, so much later: an
/// ack_wait of 5 s, a delivery's 10 s, and something for a machine that is busy.
constexpr std::int64_t echo_s = 25;

/// Longer than any pause of the service or of the queue.
constexpr std::chrono::seconds still_for{25};

std::string picture_of(const sketch_server& model) {
  const auto reply = http_post(model.model_url(), R"({"inputs": "for comparison"})");
  if (reply.status != 200)
    throw std::runtime_error{"the stand-in does not draw"};
  return reply.body;
}

} // namespace

soak_run::soak_run(const soak_options& options)
    : options_{options},
      stage_{options},
      results_{stage_.client.subscribe("meme.response")},
      errors_{stage_.client.subscribe("meme.response.error")},
      tally_{picture_of(stage_.model)},
      memory_(options.replicas) {
  if (!options_.steady)
    plan_ = plan_faults(options_);
}

bool soak_run::run() {
  if (!options_.steady)
    keep_answers();
  start_ = clock::now();
  feed_.emplace(stage_.nats.url(), options_.rate, soak_request);
  commit_faults();
  wait_until(options_.duration);
  feed_->stop();
  drain();
  collect_answers();
  judge_leftovers();
  judge();
  if (options_.steady)
    judge_memory();
  return offences_.empty();
}

/// A stream that keeps repeats too: its duplicate window is the shortest there is.
void soak_run::keep_answers() {
  const auto reply = stage_.client.api("STREAM.CREATE." + std::string{answer_stream},
                                       R"({"name": "SOAK_ANSWERS", "storage": "file",
                                           "subjects": ["meme.response", "meme.response.error"],
                                           "duplicate_window": 100000000})");
  if (reply.has("/error"))
    throw std::runtime_error{"no stream for the answers: " + reply.source()};
}

void soak_run::commit_faults() {
  struct event {
    milliseconds at;
    const planned_fault* fault;
    bool begins;
  };
  std::vector<event> events;
  for (const auto& each : plan_) {
    events.push_back({each.begin, &each, true});
    events.push_back({each.end, &each, false});
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const event& a, const event& b) { return a.at < b.at; });
  for (const auto& each : events) {
    wait_until(each.at);
    if (each.begins)
      commit(*each.fault);
    else
      undo(*each.fault);
  }
}

void soak_run::commit(const planned_fault& fault) {
  const auto where = fault.kind->of_replica ? " of replica " + std::to_string(fault.replica) : "";
  say(fault.kind->name + where + " for " + std::to_string((fault.end - fault.begin).count())
      + " ms");
  ++faults_[fault.kind->name];
  if (fault.kind->may_repeat) // until it is undone
    excuses_.push_back({std::time(nullptr) - 1, std::time(nullptr) + 60});
  garbled_ = garbled_ || fault.kind->may_damage;
  fault.kind->begin(stage_, fault);
}

void soak_run::undo(const planned_fault& fault) {
  fault.kind->end(stage_, fault);
  if (fault.kind->may_repeat)
    excuses_.push_back({std::time(nullptr) - 1, std::time(nullptr) + echo_s});
}

void soak_run::wait_until(milliseconds time) {
  eventually(
      [&] {
        look_around();
        return clock::now() >= start_ + time;
      },
      std::chrono::hours{24});
}

/// What is done all the time.
void soak_run::look_around() {
  for (const auto& each : results_.take())
    tally_.count_answer(tally::seen_by::subscriber, each);
  for (const auto& each : errors_.take())
    tally_.count_answer(tally::seen_by::subscriber, each);
  for (const auto& each : stage_.restart_fallen())
    offend(each);
  if (options_.steady)
    for (std::size_t i = 0; i < stage_.replicas(); ++i)
      memory_[i].look(stage_.replica(i).process());
}

/// Until the queue is empty, or nothing has moved in it for long.
void soak_run::drain() {
  const auto left = [this] { return stage_.client.messages_in("MEMES"); };
  say("the load and the faults are over, " + std::to_string(left()) + " are left in the queue");
  const auto start = clock::now();
  auto moved = start;
  std::int64_t last_left = 0;
  std::int64_t last_delivered = 0;
  eventually(
      [&] {
        look_around();
        const auto consumer = stage_.client.consumer("MEMES", "meme-generator");
        const auto delivered = consumer.integer("/delivered/consumer_seq");
        if (std::exchange(last_left, left()) != last_left
            || std::exchange(last_delivered, delivered) != delivered)
          moved = clock::now();
        return last_left == 0 || clock::now() - moved > still_for;
      },
      options_.drain_limit);
  drain_seconds_ = std::chrono::duration<double>{moved - start}.count();
}

/// What is in the queue when all is over. nats-server 2.9, when killed, may forget that messages
/// were removed and yet remember that they were acknowledged: it never delivers those again, and
/// never removes them. They are answered; whatever else is left is stuck.
void soak_run::judge_leftovers() {
  std::int64_t next = stage_.client.stream("MEMES").integer("/state/first_seq");
  while (true) {
    const auto found =
        stage_.client.api("STREAM.MSG.GET.MEMES", "{\"seq\": " + std::to_string(next)
                                                      + ", \"next_by_subj\": \"meme.request\"}");
    if (!found.has("/message"))
      return;
    const auto sequence = found.integer("/message/seq");
    if (tally_.answered(sequence))
      ++zombies_;
    else
      offend("stuck in the queue: " + found.source());
    next = sequence + 1;
  }
}

void soak_run::collect_answers() {
  if (!options_.steady) {
    read_stream(answer_stream,
                [this](const message& each) { tally_.count_answer(tally::seen_by::stream, each); });
  }
  if (!stage_.client.stream("MEMES_DEAD").has("/error"))
    read_stream("MEMES_DEAD", [this](const message& each) { tally_.count_dead_letter(each); });
  look_around();
}

void soak_run::read_stream(const std::string& name,
                           const std::function<void(const message&)>& read) {
  auto left = stage_.client.messages_in(name);
  const auto inbox = io::make_inbox("_INBOX");
  auto arrivals = stage_.client.subscribe(inbox);
  const auto made = stage_.client.api(
      "CONSUMER.CREATE." + name,
      "{\"stream_name\": " + json_string(name)
          + ", \"config\": {\"ack_policy\": \"none\", \"deliver_policy\": \"all\","
            " \"replay_policy\": \"instant\", \"deliver_subject\": "
          + json_string(inbox) + "}}");
  if (made.has("/error"))
    throw std::runtime_error{"cannot read " + name + ": " + made.source()};
  const auto all = eventually(
      [&] {
        for (const auto& each : arrivals.take()) {
          read(each);
          --left;
        }
        return left <= 0;
      },
      std::chrono::minutes{5});
  if (!all)
    throw std::runtime_error{"not all of " + name + " can be read"};
}

void soak_run::judge() {
  constexpr std::size_t shown = 20;
  const auto sum = tally_.judge(feed_->stored(), excuses_, garbled_);
  auto& out = std::cout;
  out << "requests " << sum.requests << " (" << sum.stored_twice << " stored twice, "
      << feed_->retries() << " times asked anew)\nresults " << sum.results << " (" << sum.cached
      << " cached, " << sum.damaged << " damaged)\nerrors";
  for (const auto& [code, count] : sum.errors)
    out << ' ' << code << ' ' << count;
  out << "\ndead letters " << sum.dead << "\nduplicates " << sum.duplicates << "\nfaults";
  std::size_t all_faults = 0;
  for (const auto& [name, count] : faults_) {
    out << ' ' << name << ' ' << count;
    all_faults += count;
  }
  out << ", together " << all_faults << "\nupstream calls " << stage_.upstream_calls()
      << "\nmost resident memory of a replica " << (stage_.peak_rss() >> 20)
      << " MiB\ntime to drain " << drain_seconds_ << " s\nleft in the queue though acknowledged "
      << zombies_ << '\n';
  for (std::size_t i = 0; i < std::min(shown, sum.offences.size()); ++i)
    offend(sum.offences[i]);
  if (sum.offences.size() > shown)
    offend("and " + std::to_string(sum.offences.size() - shown) + " more");
}

void soak_run::judge_memory() {
  constexpr std::ptrdiff_t most_fd_growth = 8;
  for (std::size_t i = 0; i < memory_.size(); ++i) {
    const auto name = "replica " + std::to_string(i);
    std::cout << name << ": " << memory_[i].summary() << '\n';
    if (memory_[i].slope() > options_.max_slope)
      offend("the memory of " + name + " grows");
    if (memory_[i].fd_growth() > most_fd_growth)
      offend("the file descriptors of " + name + " grow");
  }
}

void soak_run::say(const std::string& text) const {
  const std::chrono::duration<double> age = clock::now() - start_;
  std::cout << std::fixed << std::setprecision(1) << std::setw(6) << age.count() << " s  " << text
            << std::endl;
}

void soak_run::offend(const std::string& text) {
  offences_.push_back(text);
  std::cout << "OFFENCE: " << text << std::endl;
}

} // namespace meme::test
