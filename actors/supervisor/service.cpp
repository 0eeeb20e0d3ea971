#include "actors/supervisor/service.hpp"

#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <optional>
#include <random>

#include <curl/curl.h>

#include "actors/generator/endpoint.hpp"
#include "actors/io/http/listener.hpp"
#include "actors/io/http/server_connections.hpp"
#include "actors/io/log.hpp"
#include "actors/io/name_lookup.hpp"
#include "actors/io/nats/nats_options.hpp"
#include "actors/io/redis/redis_tls.hpp"
#include "actors/supervisor/descriptor_share.hpp"
#include "actors/supervisor/memory_limit.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "config/address/nats_urls.hpp"
#include "config/address/url.hpp"
#include "messages/text/printable.hpp"

namespace meme {

namespace {

/// Said to ourselves when the supervisor has ended.
constexpr int ended = SIGUSR2;

/// Signals wait for `sigwait` in the main thread; blocked before any other thread exists, for they
/// inherit the mask.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGTERM, SIGINT, SIGQUIT, ended})
    sigaddset(&set, signal);
  // nohup starts a program with SIGHUP ignored: it is to outlive its terminal.
  struct sigaction hang_up {};
  ::sigaction(SIGHUP, nullptr, &hang_up);
  if (hang_up.sa_handler != SIG_IGN)
    sigaddset(&set, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN); // a peer that is gone is an error of the write
  return set;
}

/// Raises the limit of open files to what `max_in_flight` messages may need: each a connection to
/// the model, each client of the pages one to them, the rest a few dozen. Where that is forbidden
/// `max_in_flight` is lowered: a call that finds no descriptor would look like a model that is
/// down, and so would all calls after it.
void fit_to_file_limit(std::size_t& max_in_flight) {
  constexpr rlim_t others = 256 + io::server_connection_limits{}.total;
  auto needed = static_cast<rlim_t>(max_in_flight) + others;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
    return;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const auto possible = messages_for_descriptors(limit.rlim_cur, max_in_flight);
  if (possible < max_in_flight)
    log::warning("fewer messages in work than ingress.max-in-flight: the limit of open files "
                 "(ulimit -n) is too low",
                 {{"max_in_flight", possible},
                  {"wanted", max_in_flight},
                  {"file_limit", limit.rlim_cur},
                  {"needed", needed}});
  max_in_flight = possible;
}

log::level level_of(const std::string& name) {
  using log::level;
  for (auto [text, value] : {std::pair{"trace", level::trace}, std::pair{"debug", level::debug},
                             std::pair{"warning", level::warning}, std::pair{"error", level::error},
                             std::pair{"off", level::off}})
    if (name == text)
      return value;
  return level::info;
}

std::string shown(const std::string& url) {
  return config::without_secrets(url, config::hidden);
}

void resolve(config::http_url& url, const config::generator_options& options) {
  auto resolved = resolve_endpoint(url, options.replaced_models);
  if (!resolved.warning.empty())
    log::warning(resolved.warning, {{"url", shown(resolved.url.text())}});
  url = resolved.url;
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file{path};
  if (!file)
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

void choose_byte_budget(config::options& options) {
  auto& budget = options.ingress.max_bytes_in_flight;
  if (budget != 0)
    return;
  auto limit = memory_limit(read_file("/proc/self/cgroup").value_or(""), &read_file);
  budget = default_byte_budget(limit, options.generator.max_body_bytes);
  log::info("the byte budget follows the memory limit",
            {{"budget_bytes", budget}, {"memory_limit_bytes", limit.value_or(0)}});
}

service_config make_service_config(const config::options& options) {
  service_config service;
  service.options = options;
  choose_byte_budget(service.options);
  resolve(service.options.generator.url, options.generator);
  if (auto& fast = service.options.generator.fast_url)
    resolve(*fast, options.generator);
  service.metrics = std::make_shared<class metrics>(std::make_shared<prometheus::Registry>(),
                                                    options.generator.workers);
  service.budget = std::make_shared<io::byte_budget>(service.options.ingress.max_bytes_in_flight);
  if (!options.cache.key_file.empty())
    service.seal = std::make_shared<const io::value_seal>(options.cache.key_file);
  service.clock = &std::chrono::system_clock::now;
  service.seed = std::random_device{}();
  return service;
}

std::shared_ptr<io::unique_fd> listen_for_pages(const config::metrics_options& options) {
  const auto& [host, port] = *options.address;
  auto listener = std::make_shared<io::unique_fd>(io::listen_on(host, port));
  log::info("status server listening", {{"address", io::local_address(*listener)}});
  return listener;
}

/// What a reader of the log wants to know first.
void log_start(const config::options& options, const std::string& config_file,
               const std::vector<std::string>& warnings) {
  log::info("starting", {{"version", MEME_VERSION},
                         {"config_file", config_file.empty() ? "none" : config_file},
                         {"model", shown(options.generator.url.text())},
                         {"nats", config::describe(*options.nats.url, config::hidden)},
                         {"redis", shown(options.cache.redis_url.text())},
                         {"stream", options.nats.stream},
                         {"consumer", options.nats.consumer},
                         {"max_in_flight", options.ingress.max_in_flight}});
  for (const auto& line : warnings)
    log::warning(line);
  if (options.supervisor.chaos)
    log::warning(
        "supervisor.chaos is on: anybody who reaches the status server can end parts of this "
        "process; it is for tests alone",
        {{"address", options.metrics.address.text()}});
}

/// Runs the actors; returns whether they ended as they should.
bool run(config::configuration& settings, service_config service, const sigset_t& set) {
  const auto exit = std::make_shared<exit_state>();
  auto listener = listen_for_pages(service.options.metrics);
  caf::actor_system system{settings};
  std::promise<std::string> promise; // its failure, empty for none
  auto end = promise.get_future();
  auto supervisor = spawn_supervisor(system, {std::move(service), std::move(listener), exit});
  caf::actor_cast<caf::strong_actor_ptr>(supervisor)
      ->get()
      ->attach_functor([promise = std::move(promise)](const caf::error& reason) mutable {
        promise.set_value(reason ? caf::to_string(reason) : std::string{});
        ::kill(::getpid(), ended);
      });
  auto draining = false;
  int signal = 0;
  // The signal only wakes us: anyone may send it.
  while (end.wait_for(std::chrono::seconds{0}) != std::future_status::ready
         && ::sigwait(&set, &signal) == 0) {
    if (signal == ended)
      continue;
    if (std::exchange(draining, true))
      ::_exit(128 + signal); // as a shell reports it
    caf::anon_send(supervisor, drain{});
  }
  auto failure = end.get();
  if (!failure.empty())
    log::error("the supervisor has failed", {{"error", failure}});
  // Closing a connection that is not there waits for its attempt to reconnect, and the actor system
  // for a name server.
  const auto connected = exit->connected.load();
  auto would_wait = exit->blocked_calls > 0 || io::name_lookup::running() != 0
                    || (exit->connection && !connected);
  if (failure.empty() && !would_wait)
    return true;
  // After a failure actors may be alive, too: what was handed back is sent, the rest left as it is.
  if (exit->connection && connected)
    exit->connection->flush(std::chrono::seconds{2});
  log::info("ended", {{"well", failure.empty()}});
  ::_exit(failure.empty() ? 0 : 1);
}

/// Each answer takes and frees blocks of a picture's size, again and again. By default glibc gives
/// such blocks back to the kernel, which fills new ones with zeros: a third of the time that a hit
/// of 100 KB takes (docs/performance.md).
void keep_freed_memory() {
  constexpr int largest_kept = 8 << 20;
  constexpr int most_kept = 16 << 20; // at the end of each of malloc's arenas
  ::mallopt(M_MMAP_THRESHOLD, largest_kept);
  ::mallopt(M_TRIM_THRESHOLD, most_kept);
}

/// All threads that are started from now on are woken without a wake-up's privilege to run at once:
/// what a thread has handed over is taken up when that one has nothing to do any more. Otherwise a
/// hit makes 1.6 switches (docs/decisions/0007-batch-threads.md). Where the kernel forbids it, they
/// switch.
void let_threads_finish() {
  const sched_param unused{};
  ::sched_setscheduler(0, SCHED_BATCH, &unused);
}

/// What the libraries say of certificates, keys and addresses; they read them only now.
std::string complaint_about(const config::options& options) {
  try {
    io::make_nats_options(options.nats, "meme-generator");
    if (options.cache.redis_url->tls)
      io::redis_tls{options.cache.ca_file};
    if (!options.cache.key_file.empty())
      io::value_seal{options.cache.key_file};
    return {};
  } catch (const std::exception& e) {
    return e.what();
  }
}

} // namespace

int run_service(config::configuration& settings) {
  auto signals = block_signals(); // first of all: the NATS library starts threads early
  keep_freed_memory();
  auto options = settings.values();
  if (options.scheduler.batch)
    let_threads_finish(); // the NATS library's too
  if (auto problem = complaint_about(options); !problem.empty()) {
    std::cerr << "meme-generator: " << printable(problem) << '\n';
    return 2;
  }
  log::start(level_of(options.log.level), options.log.format == "json");
  auto well = false;
  try {
    fit_to_file_limit(options.ingress.max_in_flight);
    ::curl_global_init(CURL_GLOBAL_ALL);
    auto service = make_service_config(options);
    log_start(service.options, settings.config_file(), settings.warnings());
    well = run(settings, std::move(service), signals);
  } catch (const std::exception& e) {
    log::error("cannot serve", {{"error", e.what()}});
  }
  log::info("ended", {{"well", well}});
  return well ? 0 : 1;
}

config::command serve_command(config::configuration& settings) {
  config::command serve{
      "serve",
      "take requests and answer them (the default)",
      {"it was asked to end (SIGTERM, SIGINT) and has ended in order", "it cannot do its work", ""},
      [&settings] {
        return config::command_call{{}, [&] { return run_service(settings); }};
      }};
  serve.calls_model = true;
  return serve;
}

} // namespace meme
