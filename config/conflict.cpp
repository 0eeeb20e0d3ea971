#include "config/conflict.hpp"

#include <utility>
#include <variant>

#include "config/own_subjects.hpp"
#include "config/settings/spelling.hpp"

namespace meme::config {

namespace {

class search {
public:
  explicit search(const options& values) : values_(values) {}

  std::vector<conflict> run() {
    subjects();
    files();
    pauses();
    sizes();
    return std::move(found_);
  }

private:
  void forbid(bool wrong, std::string first, std::string second, std::string reason) {
    if (wrong)
      found_.push_back({std::move(first), std::move(second), std::move(reason)});
  }

  void ordered(bool fine, std::string first, std::string second) {
    forbid(!fine, std::move(first), std::move(second),
           "contradict each other: the first must not be larger");
  }

  /// Reports at most one conflict for each pair of settings, however many of their subjects
  /// overlap.
  void subjects() {
    const auto& nats = values_.nats;
    for (const auto& clash : find_clashes(own_subjects_of(nats)))
      forbid(true, key_of(clash.first), key_of(clash.second),
             "must not overlap: " + in_quotes(clash.first_filter) + " and "
                 + in_quotes(clash.second_filter));
    forbid(nats.stream == nats.dead_stream, "nats.stream", "nats.dead-stream",
           "must differ: a stream cannot keep its own dead letters");
  }

  static const char* key_of(subject_use use) {
    switch (use) {
    case subject_use::requests:
      return "nats.request-subject";
    case subject_use::answers:
      return "nats.response-subject";
    case subject_use::dead_letters:
      return "nats.dead-subject";
    case subject_use::inboxes:
      break;
    }
    return "nats.inbox-prefix";
  }

  void files() {
    const auto& nats = values_.nats;
    forbid(nats.certificate_file.empty() != nats.key_file.empty(), "nats.certificate-file",
           "nats.key-file", "go together: set both or neither");
    forbid(nats.nkey.empty() != nats.nkey_seed_file.empty(), "nats.nkey", "nats.nkey-seed-file",
           "go together: set both or neither");
    forbid(!nats.credentials_file.empty() && !nats.nkey.empty(), "nats.credentials-file",
           "nats.nkey", "exclude each other: both say who this service is");
    forbid(!values_.cache.ca_file.empty() && !values_.cache.redis_url->tls, "cache.ca-file",
           "cache.redis-url", "contradict each other: only rediss:// is encrypted");
  }

  void pauses() {
    const auto& ingress = values_.ingress;
    const auto& generator = values_.generator;
    const auto& supervisor = values_.supervisor;
    ordered(ingress.retry_base <= ingress.retry_cap, "ingress.retry-base", "ingress.retry-cap");
    ordered(generator.retry_base <= generator.retry_cap, "generator.retry-base",
            "generator.retry-cap");
    ordered(generator.timeout <= generator.deadline, "generator.timeout", "generator.deadline");
    ordered(supervisor.backoff_base <= supervisor.backoff_cap, "supervisor.backoff-base",
            "supervisor.backoff-cap");
  }

  void sizes() {
    const auto& limits = values_.ingress.limits;
    ordered(limits.min_side <= limits.max_side, "limits.min-side", "limits.max-side");
    // A picture that fits the first limit but not the second would wait for room for ever.
    const auto budget = values_.ingress.max_bytes_in_flight;
    ordered(budget == 0 || values_.generator.max_body_bytes <= budget, "generator.max-body-bytes",
            "ingress.max-bytes-in-flight");
  }

  const options& values_;
  std::vector<conflict> found_;
};

} // namespace

std::vector<conflict> find_conflicts(const options& values) {
  return search{values}.run();
}

} // namespace meme::config
