#define BOOST_TEST_MODULE fault_plan
#include "sketch-server/fault_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace meme::sketch;

namespace {

/// One letter a call: which rule answered, by its status's last digit, or `.` for none.
std::string answers(fault_plan plan, const std::vector<std::string>& prompts) {
  std::string result;
  for (const auto& prompt : prompts) {
    const auto does = plan.decide(prompt);
    result += does ? static_cast<char>('0' + std::get<send_text>(does->what).status % 10) : '.';
  }
  return result;
}

std::vector<std::string> times(std::size_t count, const std::string& prompt) {
  return std::vector<std::string>(count, prompt);
}

std::shared_ptr<const action> only_action(std::string_view json) {
  return fault_plan{json}.decide("any");
}

std::string text_of(const action& does) {
  return std::get<send_text>(does.what).body;
}

/// Whether a plan is refused with a reason in which `word` occurs.
bool refused(std::string_view json, std::string_view word) {
  try {
    fault_plan{json};
    return false;
  } catch (const bad_plan& problem) {
    BOOST_TEST_MESSAGE(problem.what());
    return std::string_view{problem.what()}.find(word) != std::string_view::npos;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(an_empty_plan_lets_everything_pass) {
  BOOST_TEST(answers(fault_plan{}, times(3, "a")) == "...");
  BOOST_TEST(answers(fault_plan{" \n"}, times(3, "a")) == "...");
  BOOST_TEST(answers(fault_plan{"[]"}, times(3, "a")) == "...");
}

BOOST_AUTO_TEST_CASE(a_rule_without_matcher_takes_every_call) {
  BOOST_TEST(answers(fault_plan{R"([{"status": 503}])"}, times(3, "a")) == "333");
}

BOOST_AUTO_TEST_CASE(a_matcher_is_a_part_of_the_prompt) {
  const fault_plan plan{R"([{"match": "boom", "status": 503}])"};
  BOOST_TEST(answers(plan, {"boom", "a boomerang", "Boom", "", "boo"}) == "33...");
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_applies_wins) {
  const fault_plan plan{R"([{"match": "a", "status": 501}, {"status": 502}])"};
  BOOST_TEST(answers(plan, {"a", "b", "ab"}) == "121");
}

BOOST_AUTO_TEST_CASE(a_range_counts_the_calls_its_own_matcher_fits) {
  const fault_plan plan{R"([{"match": "a", "calls": [2, 3], "status": 503}])"};
  BOOST_TEST(answers(plan, {"a", "b", "a", "b", "a", "a"}) == "..3.3.");
}

BOOST_AUTO_TEST_CASE(a_rule_counts_calls_that_an_earlier_one_answers) {
  const fault_plan plan{R"([{"calls": [1, 2], "status": 501}, {"calls": [3, 4], "status": 502}])"};
  BOOST_TEST(answers(plan, times(5, "a")) == "1122.");
}

BOOST_AUTO_TEST_CASE(a_rule_can_take_every_nth_call) {
  BOOST_TEST(answers(fault_plan{R"([{"every": 3, "status": 503}])"}, times(7, "a")) == "..3..3.");
  const fault_plan in_range{R"([{"every": 2, "calls": [3, 6], "status": 503}])"};
  BOOST_TEST(answers(in_range, times(8, "a")) == "...3.3..");
}

BOOST_AUTO_TEST_CASE(a_rule_can_be_for_busy_times) {
  fault_plan plan{R"([{"while_busy": 2, "status": 429}])"};
  BOOST_TEST(!plan.decide("a", 0));
  BOOST_TEST(!plan.decide("a", 1));
  BOOST_TEST(std::get<send_text>(plan.decide("a", 2)->what).status == 429u);
  BOOST_TEST(std::get<send_text>(plan.decide("a", 9)->what).status == 429u);
  BOOST_TEST(refused(R"([{"while_busy": 0, "status": 429}])", "while_busy"));
}

BOOST_AUTO_TEST_CASE(an_action_outlives_its_plan) {
  fault_plan plan{R"([{"body": "old"}])"};
  const auto does = plan.decide("a");
  plan = fault_plan{};
  BOOST_TEST(text_of(*does) == "old");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(actions)

BOOST_AUTO_TEST_CASE(a_status_has_headers_and_a_body) {
  const auto does = only_action(
      R"([{"status": 503, "headers": {"Retry-After": "1"}, "body_json": {"error": "loading"}}])");
  const auto& text = std::get<send_text>(does->what);
  BOOST_TEST(text.status == 503u);
  BOOST_TEST(text.body == R"({"error":"loading"})");
  BOOST_TEST(text.content_type == "application/json");
  BOOST_TEST_REQUIRE(does->headers.size() == 1u);
  BOOST_TEST(does->headers.front().first == "Retry-After");
  BOOST_TEST(does->headers.front().second == "1");
}

BOOST_AUTO_TEST_CASE(a_status_alone_has_an_error_for_a_body) {
  BOOST_TEST(text_of(*only_action(R"([{"status": 429}])")) == R"({"error":"Too Many Requests"})");
}

BOOST_AUTO_TEST_CASE(a_bodys_type_is_guessed_from_its_beginning) {
  const auto type = [](std::string_view json) {
    return std::get<send_text>(only_action(json)->what).content_type.substr(0, 10);
  };
  BOOST_TEST(type(R"([{"body": "{}"}])") == "applicatio");
  BOOST_TEST(type(R"([{"body": "<html>"}])") == "text/html;");
  BOOST_TEST(type(R"([{"body": "busy"}])") == "text/plain");
  BOOST_TEST(type(R"([{"html": true}])") == "text/html;");
}

BOOST_AUTO_TEST_CASE(a_gateway_answers_an_error_with_a_page) {
  const auto does = only_action(R"([{"status": 504, "html": true}])");
  BOOST_TEST(std::get<send_text>(does->what).status == 504u);
  BOOST_TEST(text_of(*does).substr(0, 9) == "<!DOCTYPE");
}

BOOST_AUTO_TEST_CASE(an_answer_can_be_empty) {
  const auto does = only_action(R"([{"empty": true}])");
  BOOST_TEST(std::get<send_text>(does->what).status == 200u);
  BOOST_TEST(text_of(*does).empty());
}

BOOST_AUTO_TEST_CASE(silence_has_two_forms) {
  BOOST_TEST(std::holds_alternative<hang>(only_action(R"([{"hang": true}])")->what));
  const auto does = only_action(R"([{"reset": true, "latency_ms": 20}])");
  BOOST_TEST(std::holds_alternative<reset>(does->what));
  BOOST_TEST(does->latency->count() == 20);
}

BOOST_AUTO_TEST_CASE(a_picture_can_come_in_several_bad_ways) {
  const auto trickled = only_action(R"([{"trickle": {"bytes": 10, "interval_ms": 5}}])");
  BOOST_TEST(!std::get<send_picture>(trickled->what).jpeg);
  BOOST_TEST(std::get<deliver_trickle>(trickled->how).bytes == 10u);
  BOOST_TEST(std::get<deliver_trickle>(trickled->how).interval.count() == 5);
  BOOST_TEST(std::get<deliver_cut>(only_action(R"([{"cut": 7}])")->how).bytes == 7u);
  BOOST_TEST(only_action(R"([{"truncate": 9}])")->truncate.value() == 9u);
  const auto lie = only_action(R"([{"jpeg": true, "content_type": "image/png"}])");
  BOOST_TEST(std::get<send_picture>(lie->what).jpeg);
  BOOST_TEST(lie->content_type.value() == "image/png");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(bad_plans)

BOOST_AUTO_TEST_CASE(what_is_no_list_of_objects_is_refused) {
  BOOST_TEST(refused("{", "JSON"));
  BOOST_TEST(refused("{}", "list"));
  BOOST_TEST(refused("[1]", "rule 1"));
  BOOST_TEST(refused("[1e-00005]", "out of range"));
  BOOST_TEST(refused(R"([{"html": true}, "x"])", "rule 2"));
  BOOST_TEST(refused("[{\"match\": \"\xFF\", \"html\": true}]", "encoding"));
}

BOOST_AUTO_TEST_CASE(unknown_names_are_refused) {
  BOOST_TEST(refused(R"([{"statsu": 503}])", "statsu"));
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_refused) {
  for (const auto json : {R"([{"status": 199}])", R"([{"status": 600}])", R"([{"status": 204}])",
                          R"([{"status": "503"}])", R"([{"status": 503.5}])"})
    BOOST_TEST(refused(json, "status"));
  BOOST_TEST(refused(R"([{"every": 0, "html": true}])", "every"));
  BOOST_TEST(refused(R"([{"calls": [0, 1], "html": true}])", "calls"));
  BOOST_TEST(refused(R"([{"calls": [3, 2], "html": true}])", "calls"));
  BOOST_TEST(refused(R"([{"calls": 3, "html": true}])", "calls"));
  BOOST_TEST(refused(R"([{"cut": -1}])", "cut"));
  BOOST_TEST(refused(R"([{"hang": false}])", "hang"));
  BOOST_TEST(refused(R"([{"trickle": 5}])", "trickle"));
  BOOST_TEST(refused(R"([{"trickle": {"bytes": 0, "interval_ms": 1}}])", "bytes"));
  BOOST_TEST(refused(R"([{"headers": {"A B": "x"}, "html": true}])", "headers"));
  BOOST_TEST(refused(R"([{"headers": {"A": "x\r\nB: y"}, "html": true}])", "headers"));
  BOOST_TEST(refused(R"([{"headers": {"A": 1}, "html": true}])", "headers"));
}

BOOST_AUTO_TEST_CASE(contradictions_are_refused) {
  BOOST_TEST(refused(R"([{"match": "a"}])", "nothing"));
  BOOST_TEST(refused(R"([{"html": true, "empty": true}])", "more than one"));
  BOOST_TEST(refused(R"([{"hang": true, "status": 503}])", "answers nothing"));
  BOOST_TEST(refused(R"([{"reset": true, "cut": 5}])", "answers nothing"));
  BOOST_TEST(refused(R"([{"cut": 5, "trickle": {"bytes": 1, "interval_ms": 1}}])", "both"));
  BOOST_TEST(refused(R"([{"status": 500, "jpeg": true}])", "picture"));
  BOOST_TEST(refused(R"([{"status": 200}])", "without a body"));
}

BOOST_AUTO_TEST_SUITE_END()
