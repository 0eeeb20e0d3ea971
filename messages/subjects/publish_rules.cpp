#include "messages/subjects/publish_rules.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "messages/subjects/subject.hpp"

namespace meme {

namespace {

constexpr std::string_view all_inboxes = "_INBOX.>";

constexpr subject_use all_uses[] = {subject_use::requests, subject_use::answers,
                                    subject_use::dead_letters, subject_use::inboxes};

/// Whether `subject` is `parent` or below it.
bool is_inside(std::string_view subject, std::string_view parent) {
  return subject.substr(0, parent.size()) == parent
         && (subject.size() == parent.size() || subject[parent.size()] == '.');
}

bool matches_any(std::string_view subject, const std::vector<std::string>& filters) {
  return std::any_of(filters.begin(), filters.end(),
                     [&](auto& filter) { return subjects_overlap(filter, subject); });
}

/// The use that `what` is published for; nothing for a reply.
std::optional<subject_use> use_of(publication what) {
  switch (what) {
  case publication::result:
  case publication::error:
    return subject_use::answers;
  case publication::dead_letter:
    return subject_use::dead_letters;
  case publication::reply:
    break;
  }
  return std::nullopt;
}

/// The words follow "reply_to".
const char* words_of(objection why) {
  switch (why) {
  case objection::none:
    break;
  case objection::no_literal:
    return "must be a subject without wildcards and without $";
  case objection::own_subject:
    return "must be none of the service's own subjects";
  case objection::incoming:
  case objection::kept:
    return "must not be a subject that a stream of the service keeps";
  case objection::not_listed:
    return "must be one of the subjects that the service may answer on (nats.reply-subjects)";
  }
  return "";
}

} // namespace

std::string own_subjects::of(publication what) const {
  switch (what) {
  case publication::result:
    return response;
  case publication::error:
    return response + ".error";
  case publication::dead_letter:
    return dead;
  case publication::reply:
    break;
  }
  return {};
}

std::vector<std::string> own_subjects::filters(subject_use use) const {
  switch (use) {
  case subject_use::requests:
    return {request, request + ".>"};
  case subject_use::answers:
    return {of(publication::result), of(publication::error)};
  case subject_use::dead_letters:
    return {dead, dead + ".>"};
  case subject_use::inboxes:
    break;
  }
  return {inbox_prefix + ".>"};
}

std::vector<subject_clash> find_clashes(const own_subjects& own) {
  std::vector<subject_clash> result;
  const auto compare = [&](subject_use first, subject_use second) {
    for (auto& left : own.filters(first))
      for (auto& right : own.filters(second))
        if (subjects_overlap(left, right))
          return result.push_back({first, second, left, right});
  };
  for (auto first = std::begin(all_uses); first != std::end(all_uses); ++first)
    for (auto second = std::next(first); second != std::end(all_uses); ++second)
      compare(*first, *second);
  return result;
}

publish_rules::publish_rules(own_subjects own, std::vector<std::string> reply_subjects)
    : own_(std::move(own)), reply_subjects_(std::move(reply_subjects)) {}

objection publish_rules::examine(publication what, std::string_view subject) const {
  if (!valid_reply_subject(subject))
    return objection::no_literal;
  if (is_reserved(what, subject))
    return objection::own_subject;
  if (matches_any(subject, incoming_))
    return objection::incoming;
  if (what != publication::reply)
    return objection::none;
  if (matches_any(subject, kept_))
    return objection::kept;
  return matches_any(subject, reply_subjects_) ? objection::none : objection::not_listed;
}

/// An answer may go to an inbox if a request names it, and not if the configuration does: the
/// service's own inboxes are among them.
bool publish_rules::is_reserved(publication what, std::string_view subject) const {
  const auto is_reply = what == publication::reply;
  if (is_reply && is_inside(subject, own_.response))
    return true;
  return std::any_of(std::begin(all_uses), std::end(all_uses), [&](auto use) {
    const auto is_its_own = use == use_of(what) || (is_reply && use == subject_use::inboxes);
    return !is_its_own && matches_any(subject, own_.filters(use));
  });
}

std::vector<publication> publish_rules::find_loops() const {
  std::vector<publication> result;
  for (auto what : {publication::result, publication::error, publication::dead_letter})
    if (examine(what, own_.of(what)) == objection::incoming)
      result.push_back(what);
  return result;
}

std::string publish_rules::reply_refusal(std::string_view subject) const {
  return words_of(examine(publication::reply, subject));
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

} // namespace meme
