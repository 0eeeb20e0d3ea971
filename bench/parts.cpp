// What the pure parts of a request's way cost, each by itself.

#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/base/lru.hpp"
#include "actors/cache/cache_key.hpp"
#include "actors/ingress/plan.hpp"
#include "actors/metrics/metrics.hpp"
#include "messages/delivery.hpp"
#include "messages/outcome.hpp"
#include "messages/picture.hpp"
#include "messages/request.hpp"

namespace {

using namespace meme;

const std::string request_text =
    R"({"id": "#000000123", "prompt": "A cat wearing a space helmet on Mars", "fast_mode": false,)"
    R"( "small_image": true, "negative_prompt": "dogs", "guidance_scale": 7.5, "seed": 1})";

const plan_options plan{model_address{"https://models.example/hf-inference/models/any/model"},
                        {},
                        "{prompt}",
                        4,
                        "image/png"};

void count_bytes(benchmark::State& state, std::size_t each) {
  state.SetBytesProcessed(static_cast<std::int64_t>(each) * state.iterations());
}

void parse_ack_subject(benchmark::State& state) {
  const std::string subject = "$JS.ACK.MEMES.meme-generator.1.123456.123456.1700000000000000000.42";
  for (auto _ : state)
    benchmark::DoNotOptimize(meme::parse_ack_subject(subject));
}
BENCHMARK(parse_ack_subject);

void parse_request(benchmark::State& state) {
  const request_limits limits;
  for (auto _ : state)
    benchmark::DoNotOptimize(meme::parse_request(request_text, limits));
  count_bytes(state, request_text.size());
}
BENCHMARK(parse_request);

void plan_picture(benchmark::State& state) {
  const auto wanted = std::get<meme_request>(meme::parse_request(request_text, {}));
  for (auto _ : state)
    benchmark::DoNotOptimize(plan_picture(wanted, plan));
}
BENCHMARK(plan_picture);

void cache_key(benchmark::State& state) {
  const auto wanted = std::get<meme_request>(meme::parse_request(request_text, {}));
  const auto spec = plan_picture(wanted, plan);
  for (auto _ : state)
    benchmark::DoNotOptimize(cache_key(spec));
}
BENCHMARK(cache_key);

void encode_base64(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const picture source{picture_type::png, std::string(bytes, '\x5a')};
  for (auto _ : state)
    benchmark::DoNotOptimize(meme::encode(source));
  count_bytes(state, bytes);
}
BENCHMARK(encode_base64)->Arg(1'000)->Arg(20'000)->Arg(100'000)->Arg(500'000);

void encode_result(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const answer_header header{"#000000123", "A cat wearing a space helmet on Mars", 1'700'000'000, 1,
                             1};
  const success good{meme::encode({picture_type::png, std::string(bytes, '\x5a')}), true,
                     "any/model"};
  for (auto _ : state)
    benchmark::DoNotOptimize(meme::encode_result(header, good));
  count_bytes(state, encoded_result_size(header, good));
}
BENCHMARK(encode_result)->Arg(1'000)->Arg(20'000)->Arg(100'000)->Arg(500'000);

void lru_get(benchmark::State& state) {
  const auto entries = static_cast<std::size_t>(state.range(0));
  const auto now = std::chrono::steady_clock::now();
  lru_cache<std::shared_ptr<int>> cache{1U << 30};
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < entries; ++i) {
    keys.push_back("meme:v1:" + std::string(54, 'a') + std::to_string(1'000'000'000 + i));
    cache.put(keys.back(), std::make_shared<int>(1), 1'000, now + std::chrono::hours{1});
  }
  std::size_t i = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(cache.get(keys[i++ % entries], now));
}
BENCHMARK(lru_get)->Arg(16)->Arg(1'000)->Arg(100'000);

void lru_put_full(benchmark::State& state) {
  const auto now = std::chrono::steady_clock::now();
  lru_cache<std::shared_ptr<int>> cache{1'000'000}; // room for some hundreds
  const auto value = std::make_shared<int>(1);
  std::size_t i = 0;
  for (auto _ : state)
    cache.put("meme:v1:" + std::string(54, 'a') + std::to_string(1'000'000'000 + i++), value, 1'000,
              now + std::chrono::hours{1});
}
BENCHMARK(lru_put_full);

/// What one hit counts.
void count_metrics(benchmark::State& state) {
  metrics all{std::make_shared<prometheus::Registry>()};
  for (auto _ : state) {
    all.requests.Increment();
    all.cache_hits.Increment();
    all.success.Increment();
    all.processing_duration_s.Observe(0.0003);
    all.in_flight.Set(64);
    all.answer_bytes.Set(1'000);
  }
}
BENCHMARK(count_metrics);

} // namespace

BENCHMARK_MAIN();
