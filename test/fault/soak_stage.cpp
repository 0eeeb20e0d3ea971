#include "test/fault/soak_stage.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "test/fault/soak_requests.hpp"

namespace meme::test {

namespace {

std::string refusal() {
  return std::string{R"({"match": ")"} + refused_prompt
         + R"(", "status": 400, "body_json": {"error": "not this one"}})";
}

std::vector<std::string> model_arguments() {
  return {"--latency",     "50",   "--jitter",     "100",
          "--fixed-bytes", "2000", "--fault-plan", "[" + refusal() + "]"};
}

constexpr const char* model_name = "model.test";
constexpr const char* model_homes[] = {"127.0.0.1", "127.0.0.2"};

/// The same address with a name in the place of its host.
std::string named(std::string url) {
  const std::string host = model_homes[0];
  return url.replace(url.find(host), host.size(), model_name);
}

} // namespace

soak_stage::soak_stage(const soak_options& options)
    : nats{folder.path(), "max_payload: 8388608"},
      redis{folder.path()},
      model{folder.path(), model_arguments()},
      client{nats.url()},
      redis_path{redis.url(), options.seed},
      model_path{model.model_url(), options.seed},
      steady_{options.steady},
      replicas_(options.replicas) {
  write_model_name();
  for (std::size_t i = 0; i < replicas(); ++i)
    nats_paths.emplace_back(nats.url(), options.seed + i);
  for (std::size_t i = 0; i < replicas(); ++i)
    start_replica(i);
  for (std::size_t i = 0; i < replicas(); ++i)
    if (!replica(i).wait_ready())
      throw std::runtime_error{"replica " + std::to_string(i) + " does not get ready"};
}

environment soak_stage::variables(std::size_t index) const {
  environment result{
      {"NATS_URL", steady_ ? nats.url() : nats_paths[index].url()},
      {"REDIS_URL", steady_ ? redis.url() : redis_path.url()},
      {"HF_API_URL", steady_ ? model.model_url() : named(model_path.url())},
      {"HF_API_TOKEN", "hf_test_token"},
      // What is kept for as long as the test lasts is not what grows.
      {"CACHE_TTL", "60"},
      {"MEME_CACHE_LOCAL_BYTES", std::to_string(8 << 20)},
  };
  if (steady_)
    return result;
  // Everything that is waited for is waited for often in a minute.
  result.insert({{"MEME_INGRESS_ACK_WAIT", "5s"},
                 {"MEME_INGRESS_RETRY_BASE", "200ms"},
                 {"MEME_INGRESS_RETRY_CAP", "2s"},
                 {"MEME_GENERATOR_TIMEOUT", "3s"},
                 {"MEME_GENERATOR_DEADLINE", "10s"},
                 {"MEME_GENERATOR_RETRY_BASE", "100ms"},
                 {"MEME_GENERATOR_RETRY_CAP", "1s"},
                 {"MEME_NATS_PING_INTERVAL", "1s"},
                 {"DRAIN_TIMEOUT", "5"},
                 {"LD_PRELOAD", MEME_TEST_NAMES_LIBRARY},
                 {"TEST_NAMES_FILE", names_file()},
                 {"MEME_GENERATOR_ALLOW_INSECURE_TOKEN", "true"},
                 {"MEME_SUPERVISOR_CHAOS", "true"},
                 // Actors die here more often than any accident has it.
                 {"MEME_SUPERVISOR_MAX_RESTARTS", "1000"}});
  return result;
}

void soak_stage::start_replica(std::size_t index) {
  auto& here = replicas_[index];
  here.process.reset();
  here.process = std::make_unique<service>(folder.path(), variables(index),
                                           "replica-" + std::to_string(index));
  here.wanted = true;
}

void soak_stage::kill_replica(std::size_t index) {
  note_peak(index);
  replicas_[index].wanted = false;
  replica(index).kill9();
}

void soak_stage::terminate_replica(std::size_t index) {
  note_peak(index);
  replicas_[index].wanted = false;
  replica(index).process().signal(SIGTERM);
}

void soak_stage::await_replica(std::size_t index) {
  const auto status = replica(index).process().wait_exit();
  if (status != 0)
    throw std::runtime_error{"replica " + std::to_string(index) + " does not end well on SIGTERM: "
                             + (status ? std::to_string(*status) : "not at all")};
}

std::vector<std::string> soak_stage::restart_fallen() {
  std::vector<std::string> fallen;
  for (std::size_t i = 0; i < replicas(); ++i) {
    if (!replicas_[i].wanted || replica(i).process().running())
      continue;
    const auto status = replica(i).process().wait_exit().value_or(-1);
    fallen.push_back("replica " + std::to_string(i) + " ended by itself with status "
                     + std::to_string(status));
    start_replica(i);
  }
  return fallen;
}

std::string soak_stage::names_file() const {
  return (folder.path() / "names").string();
}

void soak_stage::write_model_name() {
  const auto written = names_file() + ".new"; // a look-up reads one file or the other
  std::ofstream{written} << model_name << ' ' << model_homes[model_home_] << '\n';
  std::filesystem::rename(written, names_file());
}

void soak_stage::move_model() {
  model_home_ = 1 - model_home_;
  model_path.move_to(model_homes[model_home_]);
  write_model_name();
}

void soak_stage::kill_model() {
  calls_before_ += model.calls();
  model.kill9();
}

void soak_stage::set_model_fault(const std::string& rule) {
  model.set_faults("[" + refusal() + (rule.empty() ? "" : ", ") + rule + "]");
}

std::size_t soak_stage::peak_rss() {
  for (std::size_t i = 0; i < replicas(); ++i)
    note_peak(i);
  return peak_rss_;
}

void soak_stage::note_peak(std::size_t index) {
  if (replica(index).process().running())
    peak_rss_ = std::max<std::size_t>(peak_rss_, replica(index).process().peak_rss_bytes());
}

} // namespace meme::test
