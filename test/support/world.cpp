#include "test/support/world.hpp"

#include <boost/test/framework.hpp>
#include <boost/test/results_collector.hpp>

#include <exception>
#include <iostream>
#include <stdexcept>

namespace meme::test {

namespace {

bool test_failed() {
  namespace ut = boost::unit_test;
  return std::uncaught_exceptions() > 0
         || !ut::results_collector.results(ut::framework::current_test_case_id()).passed();
}

std::unique_ptr<service> start_ready(const world& here, const std::string& name) {
  auto result = std::make_unique<service>(here.folder.path(), here.variables(), name);
  if (!result->wait_ready())
    throw std::runtime_error{"not ready: " + result->page("/readyz").body + "\n"
                             + last_lines(result->process().err(), 20)};
  if (here.settings.variables.count("REDIS_URL") == 0 && here.redis.answers())
    eventually([&] { return result->metric("meme_generator_redis_connected") == 1; });
  return result;
}

} // namespace

world::world(world_settings chosen)
    : settings{std::move(chosen)},
      nats{folder.path(), settings.nats_config},
      redis{folder.path(), settings.redis_arguments},
      model{folder.path(), settings.model_arguments},
      client{nats.url()},
      results{client.subscribe("meme.response")},
      errors{client.subscribe("meme.response.error")} {
  restart_service();
}

world::~world() {
  if (!memes || !test_failed())
    return;
  try {
    std::cerr << "the service's last words:\n"
              << last_lines(memes->process().err(), 40) << "\nits consumer:\n"
              << client.consumer("MEMES", "meme-generator").source() << "\nits metrics:\n"
              << memes->page("/metrics").body << '\n';
  } catch (const std::exception& problem) { // NATS may be what the test has killed
    std::cerr << problem.what() << '\n';
  }
}

environment world::variables() const {
  auto result = settings.variables;
  result.emplace("NATS_URL", nats.url());
  result.emplace("REDIS_URL", redis.url());
  result.emplace("HF_API_URL", model.model_url());
  result.emplace("HF_API_TOKEN", "hf_test_token");
  return result;
}

void world::restart_service() {
  memes.reset();
  memes = start_ready(*this, "meme-generator");
}

std::unique_ptr<service> world::another_service(const std::string& name) {
  return start_ready(*this, name);
}

bool world::drained() {
  return eventually([this] { return client.messages_in("MEMES") == 0; });
}

std::string request(const std::string& id, const std::string& prompt,
                    const std::string& more_fields) {
  return "{\"id\": " + json_string(id) + ", \"prompt\": " + json_string(prompt)
         + (more_fields.empty() ? "" : ", ") + more_fields + "}";
}

std::vector<std::string> requests(std::size_t count, const std::string& start) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    const auto name = start + "-" + std::to_string(i);
    result.push_back(request(name, name));
  }
  return result;
}

} // namespace meme::test
