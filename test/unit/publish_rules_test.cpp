#define BOOST_TEST_MODULE publish_rules
#include <boost/test/unit_test.hpp>

#include "messages/publish_rules.hpp"
#include "messages/subject.hpp"

using namespace meme;
using namespace meme::policy;

namespace {

publish_rules example(std::vector<std::string> reply_subjects = {"_INBOX.>", "my.*.answers"}) {
  publish_rules rules{{"meme.request", "meme.response", "meme.dead"}, std::move(reply_subjects)};
  rules.set_kept({"meme.request", "my.kept.>", "_INBOX.kept"});
  return rules;
}

bool says(const std::string& refusal, const std::string& words) {
  return refusal.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(answers_go_to_the_listed_subjects) {
  const auto rules = example();
  for (const auto* subject :
       {"_INBOX.x", "_INBOX.x.y", "my.own.answers", "my.kept.x.answers", "my.first.answers"})
    BOOST_TEST((rules.reply_refusal(subject).empty() == !says(subject, "kept")), subject);
  for (const auto* subject : {"_INBOX", "my.answers", "my.own.answers.too", "orders.new", "other",
                              "_inbox.x", "_INBOXES.x"})
    BOOST_TEST(says(rules.reply_refusal(subject), "nats.reply-subjects"), subject);
}

BOOST_AUTO_TEST_CASE(answers_go_to_nothing_that_is_no_literal_subject) {
  const auto rules = example({">"});
  for (const auto* subject : {"", "$JS.API.STREAM.DELETE.X", "$SYS.x", "_INBOX.*", "_INBOX.>",
                              "a..b", ".a", "a.", "a b", "a\r\nPUB b 0", "a\tb"})
    BOOST_TEST(says(rules.reply_refusal(subject), "without wildcards"), subject);
}

BOOST_AUTO_TEST_CASE(answers_go_to_none_of_our_own_subjects) {
  const auto rules = example({">"});
  for (const auto* subject : {"meme.request", "meme.request.x", "meme.response",
                              "meme.response.error", "meme.dead", "meme.dead.x"})
    BOOST_TEST(says(rules.reply_refusal(subject), "service's own"), subject);
  for (const auto* subject : {"meme", "meme.requests", "meme.responses.x", "meme.dea"})
    BOOST_TEST(rules.reply_refusal(subject).empty(), subject);
}

BOOST_AUTO_TEST_CASE(answers_go_to_nothing_that_a_known_stream_keeps) {
  auto rules = example({">"});
  for (const auto* subject : {"my.kept.x", "my.kept.x.y", "_INBOX.kept"})
    BOOST_TEST(says(rules.reply_refusal(subject), "a stream of the service keeps"), subject);
  BOOST_TEST(rules.reply_refusal("my.kept").empty());
  rules.set_kept({">"});
  BOOST_TEST(!rules.reply_refusal("_INBOX.x").empty());
}

BOOST_AUTO_TEST_CASE(without_a_list_answers_go_nowhere) {
  BOOST_TEST(!example({}).reply_refusal("_INBOX.x").empty());
}

BOOST_AUTO_TEST_CASE(letters_go_back_to_the_request_subjects) {
  const auto rules = example({">"});
  for (const auto* subject : {"meme.request", "meme.request.x", "meme.request.x.y"})
    BOOST_TEST(rules.requeue_refusal(subject).empty(), subject);
  for (const auto* subject :
       {"", "meme", "meme.requests", "meme.request.", "meme.request.*", "meme.request.>",
        "meme.response", "meme.dead", "$JS.API.STREAM.DELETE.X", "_INBOX.x", "meme.request.a b"})
    BOOST_TEST(rules.requeue_refusal(subject) == "is neither meme.request nor below it", subject);
}

BOOST_AUTO_TEST_CASE(the_setting_lists_filters_and_its_inboxes_are_those_of_a_private_prefix_too) {
  const auto list = [](const char* setting, const char* prefix) {
    std::string result;
    for (const auto& each : reply_filters(setting, prefix))
      result += each + ' ';
    return result;
  };
  BOOST_TEST(list("_INBOX.>", "_INBOX") == "_INBOX.> ");
  BOOST_TEST(list("_INBOX.>", "_INBOX_memes") == "_INBOX.> _INBOX_memes.> ");
  BOOST_TEST(list(" a.> ,b", "_INBOX_memes") == "a.> b ");
  BOOST_TEST(list("", "_INBOX") == "");
}

BOOST_AUTO_TEST_CASE(filters_are_subjects_with_whole_tokens_as_wildcards) {
  for (const auto* filter : {"a", "a.b", "*", ">", "a.*", "*.a", "a.*.b.>", "_INBOX.>"})
    BOOST_TEST(valid_subject_filter(filter), filter);
  for (const auto* filter :
       {"", ".", "a.", ".a", "a..b", "a*", "a.>b", ">.a", "a.>.b", "$JS.>", "a b", "a,b\n"})
    BOOST_TEST(!valid_subject_filter(filter), filter);
}
