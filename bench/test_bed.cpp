#include "bench/test_bed.hpp"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "bench/usage.hpp"
#include "messages/outcome.hpp"
#include "messages/picture.hpp"
#include "test/support/world.hpp"

namespace meme::bench {

namespace {

using namespace std::chrono_literals;

/// As the service makes its own, but for the place: file storage would make the disk the limit.
constexpr auto stream_in_memory =
    R"({"name": "MEMES", "subjects": ["meme.request", "meme.request.>"],
        "retention": "workqueue", "storage": "memory", "num_replicas": 1})";

/// As much as the largest case keeps; what misses leave behind is to make room for itself.
const std::vector<std::string> redis_bounds = {"--maxmemory", "512mb", "--maxmemory-policy",
                                               "allkeys-lru"};

/// Of Go's runtime: it collects only what would be too much for the machine.
const test::environment collector_off = {{"GOGC", "off"}, {"GOMEMLIMIT", "1GiB"}};

std::string numbered(std::size_t number) {
  const auto digits = std::to_string(number);
  return "#" + std::string(9 - std::min<std::size_t>(9, digits.size()), '0') + digits;
}

std::string known_prompt(std::size_t number) {
  return "a cat " + std::to_string(number);
}

} // namespace

double worker::errors() const {
  return service_ ? service_->metric("meme_generator_errors_total")
                        + service_->metric("meme_generator_delayed_naks_total")
                  : 0;
}

test_bed::test_bed(nats_collector of_nats)
    : collector{of_nats},
      nats{folder.path(), "max_payload: 8388608",
           of_nats == nats_collector::off ? collector_off : test::environment{}},
      redis{folder.path(), redis_bounds},
      client{nats.url()} {
  make_queue();
}

void test_bed::make_queue() {
  client.api("STREAM.DELETE.MEMES"); // an error where there is none yet
  client.api("STREAM.CREATE.MEMES", stream_in_memory);
  // The consumer is the service's own, so that no figure depends on another one.
  const auto made = test::run_meme_generator(folder.path(), {"provision"}, variables({}));
  if (made.status != 0)
    throw std::runtime_error{"provision failed:\n" + made.err};
}

void test_bed::prepare(const load& what) {
  model.reset();
  model.emplace(folder.path(),
                std::vector<std::string>{"--fixed-bytes", std::to_string(what.bytes)});
  redis.run({"FLUSHALL"});
  if (what.known > 0) {
    auto memes = start(worker_kind::service, what);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < what.known; ++i)
      all.push_back(test::request(numbered(i), known_prompt(i)));
    client.enqueue_all("meme.request", all);
    if (!drained() || memes.errors() > 0)
      throw std::runtime_error{"the cache cannot be filled:\n"
                               + test::last_lines(memes.process().err(), 10)};
  }
  // Only now, so that the pictures above come at once; and on the same port, which is in their
  // keys.
  if (what.latency_ms > 0)
    model->set_faults(R"([{"latency_ms": )" + std::to_string(what.latency_ms) + "}]");
}

test::command test_bed::command_of(worker_kind kind, const load& what, bool asap) const {
  if (kind == worker_kind::service) {
    auto all = variables(what);
    all["METRICS_ADDR"] = "127.0.0.1:0";
    return {MEME_GENERATOR, {}, all};
  }
  std::vector<std::string> arguments{nats.url(),
                                     "MEMES",
                                     "meme-generator",
                                     "meme.response",
                                     std::to_string(answer_bytes(what)),
                                     std::to_string(what.in_flight)};
  if (asap)
    arguments.emplace_back("asap");
  return {MEME_LIMIT_LOOP, arguments, {}};
}

worker test_bed::start(worker_kind kind, const load& what, bool asap) {
  const on_worker_core here;
  const auto name = "worker-" + std::to_string(++starts_);
  if (kind == worker_kind::service) {
    auto memes = std::make_unique<test::service>(folder.path(), variables(what), name);
    if (!memes->wait_ready())
      throw std::runtime_error{"the service is not ready: " + memes->page("/readyz").body};
    return worker{std::move(memes)};
  }
  auto loop =
      std::make_unique<test::child_process>(command_of(kind, what, asap), folder.path(), name);
  if (!test::eventually([&] { return !loop->out().empty() || !loop->running(); })
      || !loop->running())
    throw std::runtime_error{"the limit loop does not run: " + loop->err()};
  return worker{std::move(loop)};
}

std::vector<std::string> test_bed::requests(const load& what, std::size_t count) {
  std::vector<std::string> result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto is_new = what.known == 0 || (what.miss_every > 0 && i % what.miss_every == 0);
    result.push_back(test::request(numbered(i), is_new ? "a dog " + std::to_string(++last_new_)
                                                       : known_prompt(i % what.known)));
  }
  return result;
}

test::environment test_bed::variables(const load& what) const {
  test::environment result{{"NATS_URL", nats.url()},
                           {"REDIS_URL", redis.url()},
                           {"HF_API_URL", model ? model->model_url() : "http://127.0.0.1:9/none"},
                           {"HF_API_TOKEN", "hf_bench_token"},
                           {"MAX_IN_FLIGHT", std::to_string(what.in_flight)}};
  if (!what.in_process_tier)
    result["MEME_CACHE_LOCAL_BYTES"] = "0";
  return result;
}

std::size_t test_bed::answer_bytes(const load& what) {
  const auto drawn = std::make_shared<encoded_picture>();
  drawn->base64.assign(base64_size(what.bytes), 'A');
  return encoded_result_size({numbered(0), known_prompt(0), 1'700'000'000, 1, 1},
                             {drawn, true, "test/sketch"});
}

std::int64_t test_bed::unsettled() {
  const auto state = client.consumer("MEMES", "meme-generator");
  return state.integer("/num_pending") + state.integer("/num_ack_pending");
}

double test_bed::servers_cpu_s() {
  return cpu_s_of(nats.process().pid()) + cpu_s_of(redis.process().pid())
         + (model ? cpu_s_of(model->process().pid()) : 0) + cpu_s_of(::getpid());
}

bool test_bed::drained(std::chrono::seconds timeout) {
  return test::eventually([this] { return client.messages_in("MEMES") == 0; }, timeout);
}

} // namespace meme::bench
