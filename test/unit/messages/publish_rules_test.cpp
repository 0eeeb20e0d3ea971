#define BOOST_TEST_MODULE publish_rules
#include <boost/test/unit_test.hpp>

#include <ostream>

#include "messages/subjects/publish_rules.hpp"
#include "messages/subjects/subject.hpp"

using namespace meme;

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

namespace meme {

std::ostream& operator<<(std::ostream& out, objection why) {
  return out << "objection " << static_cast<int>(why);
}

} // namespace meme

// The columns: result, error, dead letter, reply. Incoming: the stream of requests also takes
// jobs.>; kept: another known stream takes kept.>; listed: _INBOX.> and all below jobs, kept, free.
BOOST_AUTO_TEST_CASE(each_kind_goes_where_it_does_no_harm) {
  using kind = publication;
  constexpr auto fine = objection::none;
  constexpr auto own = objection::own_subject;
  constexpr auto in = objection::incoming;
  constexpr auto bad = objection::no_literal;
  const struct {
    const char* subject;
    objection result, error, dead_letter, reply;
  } rows[] = {
      {"meme.response", fine, fine, own, own},
      {"meme.response.error", fine, fine, own, own},
      {"meme.response.other", fine, fine, fine, own},
      {"meme.dead", own, own, fine, own},
      {"meme.dead.x", own, own, fine, own},
      {"meme.request", own, own, own, own},
      {"meme.request.x.y", own, own, own, own},
      {"_INBOX.x", own, own, own, fine},
      {"_INBOX.x.y", own, own, own, fine},
      {"jobs.x", in, in, in, in},
      {"kept.x", fine, fine, fine, objection::kept},
      {"free.x", fine, fine, fine, fine},
      {"other", fine, fine, fine, objection::not_listed},
      {"meme", fine, fine, fine, objection::not_listed},
      {"meme.requests", fine, fine, fine, objection::not_listed},
      {"_INBOX", fine, fine, fine, objection::not_listed},
      {"", bad, bad, bad, bad},
      {"$JS.API.STREAM.DELETE.X", bad, bad, bad, bad},
      {"$SYS", bad, bad, bad, bad},
      {"free.*", bad, bad, bad, bad},
      {"free.>", bad, bad, bad, bad},
      {"free..x", bad, bad, bad, bad},
      {"free x", bad, bad, bad, bad},
  };
  publish_rules rules{{"meme.request", "meme.response", "meme.dead"},
                      {"_INBOX.>", "jobs.>", "kept.>", "free.>"}};
  rules.set_incoming({"meme.request", "meme.request.>", "jobs.>"});
  rules.set_kept({"kept.>"});
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.subject) {
      BOOST_TEST(rules.examine(kind::result, row.subject) == row.result);
      BOOST_TEST(rules.examine(kind::error, row.subject) == row.error);
      BOOST_TEST(rules.examine(kind::dead_letter, row.subject) == row.dead_letter);
      BOOST_TEST(rules.examine(kind::reply, row.subject) == row.reply);
      BOOST_TEST(rules.reply_refusal(row.subject).empty() == (row.reply == fine));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_a_stream_of_requests_stores_loops) {
  const auto loops = [](std::vector<std::string> incoming) {
    publish_rules rules{{"meme.request", "meme.response", "meme.dead"}, {}};
    rules.set_incoming(std::move(incoming));
    std::string result;
    for (const auto what : rules.find_loops())
      result += rules.own().of(what) + ' ';
    return result;
  };
  BOOST_TEST(loops({"meme.request", "meme.request.>"}) == "");
  BOOST_TEST(loops({"meme.request", "meme.*"}) == "meme.response meme.dead ");
  BOOST_TEST(loops({"meme.*.error"}) == "meme.response.error ");
  BOOST_TEST(loops({"meme.>"}) == "meme.response meme.response.error meme.dead ");
  BOOST_TEST(loops({"other", ">"}) == "meme.response meme.response.error meme.dead ");
  BOOST_TEST(loops({"meme.dead"}) == "meme.dead ");
}

// Settings with which something would go to a subject of another use are refused.
BOOST_AUTO_TEST_CASE(subjects_of_two_uses_clash) {
  const struct {
    own_subjects own;
    std::string clashes;
  } rows[] = {
      {{"a", "b", "c", "d"}, ""},
      {{"a.b", "a", "a.c", "a.d"}, ""},
      {{"a", "a", "c", "d"}, "0-1: a a"},
      {{"a", "a.b", "c", "d"}, "0-1: a.> a.b"},
      {{"b.error", "b", "c", "d"}, "0-1: b.error b.error"},
      {{"a", "b", "a.c", "d"}, "0-2: a.> a.c"},
      {{"c.a", "b", "c", "d"}, "0-2: c.a c.>"},
      {{"a", "b", "b.error", "d"}, "1-2: b.error b.error"},
      {{"a", "b", "b.dead", "d"}, ""},
      {{"a", "c.b", "c", "d"}, "1-2: c.b c.>"},
      {{"d.a", "b", "c", "d"}, "0-3: d.a d.>"},
      {{"a", "d.b", "c", "d"}, "1-3: d.b d.>"},
      {{"a", "b", "d.c", "d"}, "2-3: d.c d.>"},
      {{"a", "a", "a", "a"},
       "0-1: a a, 0-2: a a, 0-3: a.> a.>, 1-2: a a, 1-3: a.error a.>, "
       "2-3: a.> a.>"},
  };
  for (const auto& row : rows) {
    std::string found;
    for (const auto& each : find_clashes(row.own))
      found += (found.empty() ? "" : ", ") + std::to_string(static_cast<int>(each.first)) + '-'
               + std::to_string(static_cast<int>(each.second)) + ": " + each.first_filter + ' '
               + each.second_filter;
    BOOST_TEST(found == row.clashes);
    const publish_rules rules{row.own, {}};
    for (const auto what : {publication::result, publication::error, publication::dead_letter})
      if (rules.examine(what, row.own.of(what)) == objection::own_subject)
        BOOST_TEST(!found.empty(), "the settings are refused as well");
  }
}

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
