#include "client/commands/load.hpp"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/io/nats/nats_connection.hpp"
#include "client/answer.hpp"
#include "client/connection.hpp"
#include "client/enqueue.hpp"
#include "client/exit_status.hpp"
#include "client/latencies.hpp"
#include "client/picture_file.hpp"
#include "client/progress.hpp"
#include "client/say.hpp"
#include "config/settings/check.hpp"

namespace meme::client {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

std::string new_prompt(std::uint64_t number, const std::string& run) {
  constexpr const char* who[] = {"A cat", "A dog", "A robot", "A penguin", "An astronaut"};
  constexpr const char* what[] = {"riding a bicycle", "reading the news", "wearing a helmet",
                                  "drinking tea",     "fixing a printer", "waiting for a build",
                                  "dancing"};
  constexpr const char* where[] = {"on Mars",          "by the sea",    "in a city at night",
                                   "in the mountains", "in the desert", "in space"};
  return std::string{who[number % std::size(who)]} + ' ' + what[number % std::size(what)] + ' '
         + where[number % std::size(where)] + ", number " + std::to_string(number) + " of " + run;
}

/// One run: what was asked, what came back.
class load_run {
public:
  load_run(const config::nats_options& nats, const load_options& options)
      : options_{options},
        subject_{options.subject.empty() ? nats.request_subject : options.subject},
        connection_{connect(nats, "meme-generator load")},
        inbox_{io::make_inbox(nats.inbox_prefix)},
        answers_{subscribe(*connection_, inbox_)},
        bar_{options.count},
        random_{options.seed} {}

  int run() {
    while (answered_ < options_.count && steady_clock::now() < deadline()) {
      const auto ask = asked_ < options_.count && steady_clock::now() >= due();
      if (ask)
        ask_next();
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          (asked_ < options_.count ? due() : deadline()) - steady_clock::now());
      // Never long, for the bar's sake.
      receive(ask ? 0ms : std::clamp<std::chrono::milliseconds>(left, 1ms, 100ms));
      bar_.show(asked_, answered_);
    }
    bar_.finish(asked_, answered_);
    return report();
  }

private:
  struct question {
    steady_clock::time_point asked;
    std::string prompt;
  };

  /// Counted from the start, so that a late request does not make all later ones late.
  steady_clock::time_point due() const {
    if (options_.rate_per_s <= 0)
      return started_;
    const std::chrono::duration<double> after{static_cast<double>(asked_) / options_.rate_per_s};
    return started_ + std::chrono::duration_cast<steady_clock::duration>(after);
  }

  steady_clock::time_point deadline() const {
    return asked_ < options_.count ? steady_clock::time_point::max()
                                   : last_asked_ + options_.timeout;
  }

  /// Repeats fall due evenly; one that finds nothing to repeat is made good later.
  std::string next_prompt() {
    const auto wanted = options_.hit_ratio * static_cast<double>(asked_ + 1);
    if (drawn_.empty() || static_cast<double>(repeated_ + 1) > wanted + 1e-9)
      return new_prompt(asked_, run_);
    ++repeated_;
    return drawn_[std::uniform_int_distribution<std::size_t>{0, drawn_.size() - 1}(random_)];
  }

  void ask_next() {
    meme_request request;
    request.id = run_ + '-' + std::to_string(asked_);
    request.prompt = next_prompt();
    request.small_image = options_.small_image;
    request.reply_to = inbox_;
    last_asked_ = steady_clock::now();
    open_.emplace(request.id, question{last_asked_, request.prompt});
    enqueue(*connection_, subject_, request);
    ++asked_;
  }

  void receive(std::chrono::milliseconds wait) {
    while (const auto message = next_message(*answers_, wait)) {
      const auto now = steady_clock::now();
      const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(message.get()));
      if (const auto result = parse_answer({natsMsg_GetData(message.get()), size}))
        take(*result, now);
      wait = 0ms;
      if (steady_clock::now() >= due() && asked_ < options_.count)
        return;
    }
  }

  void take(const answer& result, steady_clock::time_point now) {
    const auto found = open_.find(result.request_id);
    if (found == open_.end()) {
      ++repeats_;
      return;
    }
    ++answered_;
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(now - found->second.asked);
    if (!result.error.empty()) {
      ++errors_[result.code];
    } else if (extension_of(result.image).empty()) {
      ++errors_["no_picture"];
    } else {
      (result.cached ? cached_ : fresh_).add(took);
      all_.add(took);
      if (!result.cached)
        drawn_.push_back(std::move(found->second.prompt));
    }
    open_.erase(found);
  }

  int report() const {
    const std::chrono::duration<double> took = steady_clock::now() - started_;
    const auto share = all_.size() == 0 ? 0.
                                        : 100. * static_cast<double>(cached_.size())
                                              / static_cast<double>(all_.size());
    std::ostringstream line;
    line << std::fixed << std::setprecision(1) << answered_ << " of " << asked_ << " answered in "
         << took.count() << " s, " << static_cast<double>(answered_) / took.count() << " a second; "
         << share << " % cached";
    say(std::cout, line.str());
    say(std::cout, "all     " + all_.summary());
    say(std::cout, "cached  " + cached_.summary());
    say(std::cout, "drawn   " + fresh_.summary());
    for (const auto& [code, count] : errors_)
      say(std::cout, "error   " + std::to_string(count) + "  " + code);
    if (repeats_ > 0)
      say(std::cout, "repeats " + std::to_string(repeats_) + "  answers that had come before");
    if (answered_ < options_.count)
      say(std::cout,
          "missing " + std::to_string(options_.count - answered_) + "  not answered in time");
    return answered_ < options_.count ? no_answer : errors_.empty() ? answered : failed;
  }

  const load_options& options_;
  std::string subject_;
  nats_ptr<natsConnection> connection_;
  std::string inbox_;
  nats_ptr<natsSubscription> answers_;
  std::string run_ = new_word();
  progress bar_;
  std::mt19937_64 random_;
  steady_clock::time_point started_ = steady_clock::now();
  steady_clock::time_point last_asked_ = started_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t repeated_ = 0;
  std::uint64_t repeats_ = 0; ///< answers to what had one already
  std::unordered_map<std::string, question> open_;
  std::vector<std::string> drawn_; ///< prompts whose pictures are in the cache
  std::map<std::string, std::uint64_t> errors_;
  latencies all_;
  latencies cached_;
  latencies fresh_;
};

} // namespace

std::vector<config::setting> rows_of(load_options& options) {
  std::vector<config::setting> rows;
  rows.emplace_back("count", &options.count, "how many requests")
      .placeholder("N")
      .range(1, 100'000'000);
  rows.emplace_back("rate", &options.rate_per_s, "requests a second; 0: as fast as possible")
      .placeholder("X")
      .range(0, 1'000'000);
  rows.emplace_back("hit-ratio", &options.hit_ratio, "share that repeats an answered prompt, 0..1")
      .placeholder("X")
      .range(0, 1);
  rows.emplace_back("seed", &options.seed, "of the choice of repeated prompts").placeholder("N");
  rows.emplace_back("small", &options.small_image, "512 x 512 pixels");
  rows.emplace_back("subject", &options.subject,
                    "subject of the requests; else nats.request-subject")
      .placeholder("SUBJECT")
      .takes("a subject without wildcards", config::check::subject);
  rows.emplace_back("timeout", &options.timeout, "how long to wait after the last request")
      .placeholder("SECONDS")
      .plain_seconds()
      .range(1s, 24h);
  return rows;
}

config::command load_command(const config::nats_options& nats) {
  return {"load",
          "send many requests and print latencies",
          {"every request got its picture",
           "a request got an error or no picture, or NATS cannot be used", "answers are missing"},
          config::call_with<load_options>(
              rows_of, [&nats](const load_options& options) { return run_load(nats, options); })};
}

int run_load(const config::nats_options& nats, const load_options& options) {
  return exit_status_of([&] { return load_run{nats, options}.run(); });
}

} // namespace meme::client
