// Subjects that others name: the first line is a filter that a stream keeps, the second the list of
// reply subjects, the rest a subject that a request or a dead letter names.

#include "messages/subjects/publish_rules.hpp"

#include <algorithm>

#include "messages/request.hpp"
#include "messages/subjects/subject.hpp"
#include "test/fuzz/target.hpp"

namespace meme::fuzz {

namespace {

const std::string request_subject = "meme.request";

void check_reply(const publish_rules& rules, const std::vector<std::string>& filters,
                 std::string_view kept, std::string_view subject) {
  const auto refusal = rules.reply_refusal(subject);
  if (!refusal.empty())
    return require(is_line(refusal, 200), "a refusal is a line");
  require(valid_reply_subject(subject), "an answer goes to a literal subject");
  require(subject.front() != '$', "an answer does not go to the server's own subjects");
  require(!subjects_overlap(kept, subject), "an answer goes to nothing that a stream keeps");
  for (const auto* own : {"meme.request", "meme.request.>", "meme.response", "meme.response.>",
                          "meme.dead", "meme.dead.>"})
    require(!subjects_overlap(own, subject), "an answer does not go to the service itself");
  require(std::any_of(filters.begin(), filters.end(),
                      [&](const auto& each) { return subjects_overlap(each, subject); }),
          "an answer goes to a listed subject");
}

void check_requeue(const publish_rules& rules, std::string_view subject) {
  if (!rules.requeue_refusal(subject).empty())
    return;
  require(valid_reply_subject(subject), "a letter goes to a literal subject");
  require(subject == request_subject || subjects_overlap(request_subject + ".>", subject),
          "a letter goes to the requests");
}

/// What the service publishes by itself, with `kept` as what becomes requests.
void check_own(publish_rules rules, std::string_view kept, std::string_view subject) {
  rules.set_incoming({std::string{kept}});
  for (const auto what : {publication::result, publication::error, publication::dead_letter}) {
    if (rules.examine(what, subject) != objection::none)
      continue;
    require(valid_reply_subject(subject), "the service publishes on a literal subject");
    require(subject.front() != '$', "the service publishes on none of the server's own subjects");
    require(!subjects_overlap(kept, subject), "nothing becomes a request");
    for (const auto* own : {"meme.request", "meme.request.>", "_INBOX.>"})
      require(!subjects_overlap(own, subject), "nothing goes to requests or inboxes");
  }
}

} // namespace

} // namespace meme::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meme;
  auto text = fuzz::text_of(data, size);
  const auto kept = fuzz::take_line(text);
  const auto list = fuzz::take_line(text);
  fuzz::require(subjects_overlap(kept, text) == subjects_overlap(text, kept),
                "overlapping is mutual");
  auto filters = reply_filters(list, "_INBOX_memes");
  filters.erase(std::remove_if(filters.begin(), filters.end(),
                               [](const auto& each) { return !valid_subject_filter(each); }),
                filters.end());
  publish_rules rules{{fuzz::request_subject, "meme.response", "meme.dead"}, filters};
  rules.set_kept({std::string{kept}});
  fuzz::check_reply(rules, filters, kept, text);
  fuzz::check_requeue(rules, text);
  fuzz::check_own(rules, kept, text);
  return 0;
}
