#include "messages/publish_rules.hpp"

#include <algorithm>
#include <utility>

#include "messages/request.hpp"
#include "messages/subject.hpp"

namespace meme::policy {

namespace {

constexpr std::string_view all_inboxes = "_INBOX.>";

/// Whether `subject` is `parent` or below it.
bool is_inside(std::string_view subject, std::string_view parent) {
  return subject.substr(0, parent.size()) == parent
         && (subject.size() == parent.size() || subject[parent.size()] == '.');
}

bool matches_any(std::string_view subject, const std::vector<std::string>& filters) {
  return std::any_of(filters.begin(), filters.end(),
                     [&](auto& filter) { return subjects_overlap(filter, subject); });
}

} // namespace

publish_rules::publish_rules(own_subjects own, std::vector<std::string> reply_subjects)
    : own_(std::move(own)), reply_subjects_(std::move(reply_subjects)) {}

std::string publish_rules::reply_refusal(std::string_view subject) const {
  if (!valid_reply_subject(subject))
    return "must be a subject without wildcards and without $";
  if (is_inside(subject, own_.request) || is_inside(subject, own_.response)
      || is_inside(subject, own_.dead))
    return "must be none of the service's own subjects";
  if (matches_any(subject, kept_))
    return "must not be a subject that a stream of the service keeps";
  if (!matches_any(subject, reply_subjects_))
    return "must be one of the subjects that the service may answer on (nats.reply-subjects)";
  return {};
}

std::string publish_rules::requeue_refusal(std::string_view subject) const {
  // The wildcards and the `$` are refused by the same check: a literal is needed here too.
  if (valid_reply_subject(subject) && is_inside(subject, own_.request))
    return {};
  return "is neither " + own_.request + " nor below it";
}

std::vector<std::string> reply_filters(std::string_view setting, std::string_view inbox_prefix) {
  auto result = split_subjects(setting);
  auto inboxes = std::find(result.begin(), result.end(), all_inboxes) != result.end();
  auto own_inboxes = std::string{inbox_prefix} + ".>";
  if (inboxes && own_inboxes != all_inboxes)
    result.push_back(std::move(own_inboxes));
  return result;
}

} // namespace meme::policy
