// Each command but `serve` with exactly the NATS permissions that docs/permissions.md lists for it,
// and without each of them: then the command ends at once and says what it lacks.
#define BOOST_TEST_MODULE command_permissions
#include <boost/test/unit_test.hpp>

#include <future>
#include <optional>
#include <ostream>
#include <sstream>

#include "test/integration/client_fixture.hpp"
#include "test/integration/limited_user.hpp"
#include "test/support/read_file.hpp"
#include "test/support/service.hpp"
#include "test/support/stopwatch.hpp"
#include "test/support/world.hpp"

using namespace meme::test;

namespace {

/// Below every time-out of the commands (5 s): a refusal is not waited for.
constexpr double at_once_s = 4;

const std::string folder_of_the_test = "<folder>";

/// A row of the table of docs/permissions.md.
struct permission {
  std::string subject; ///< what a refusal names
  subjects spellings;  ///< all that the row's first cell lists
};

std::vector<std::string> parts(const std::string& line, char separator) {
  std::vector<std::string> result;
  std::istringstream rest{line};
  for (std::string part; std::getline(rest, part, separator);)
    result.push_back(part);
  return result;
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// The subjects in a cell such as "`a.b` (and `a.b.>`)"; none where it has words only.
std::optional<permission> read_cell(const std::string& cell) {
  permission result;
  const auto pieces = parts(cell, '`');
  for (std::size_t i = 1; i < pieces.size(); i += 2) // every second one stands between two ticks
    if (pieces[i].find('.') != std::string::npos && pieces[i].rfind("nats.", 0) != 0)
      result.spellings.push_back(pieces[i]);
  if (result.spellings.empty())
    return {};
  result.subject = result.spellings.front();
  return result;
}

/// What the table has in a command's column as one of `words`.
std::vector<permission> documented(const std::string& command, const subjects& words) {
  const auto page = read_file(std::string{MEME_SOURCE_DIR} + "/docs/permissions.md");
  const auto begin = page.find("| Subject | serve |");
  BOOST_TEST_REQUIRE(begin != page.npos);
  std::vector<permission> result;
  std::vector<std::string> heads;
  for (const auto& line : parts(page.substr(begin, page.find("\n\n", begin) - begin), '\n')) {
    auto cells = parts(line, '|');
    std::transform(cells.begin(), cells.end(), cells.begin(), trimmed);
    if (heads.empty())
      heads = cells;
    for (std::size_t i = 2; i < cells.size() && i < heads.size(); ++i)
      if (heads[i] == command && std::find(words.begin(), words.end(), cells[i]) != words.end())
        if (const auto found = read_cell(cells[1]))
          result.push_back(*found);
  }
  return result;
}

struct stage;

/// A command, and what it takes to have it succeed.
struct command_row {
  std::vector<std::string> arguments;
  std::string column;             ///< of the table
  std::string prints;             ///< when it has done its work
  void (*play)(stage&) = nullptr; ///< what others do while it runs
  subjects subscribe = {"_INBOX.>"};
  bool finds_nothing = false; ///< neither stream nor consumer are there
};

std::ostream& operator<<(std::ostream& out, const command_row& row) {
  for (const auto& each : row.arguments)
    out << each << ' ';
  return out;
}

/// NATS with a queue and a dead letter.
struct stage {
  stage(const command_row& chosen, const std::vector<limited_user>& limited)
      : row{chosen}, nats{folder.path(), users(limited)}, client{nats.url()} {
    prepare();
    if (!row.finds_nothing)
      client.enqueue("meme.dead", request("x", "a cat"),
                     {{"Meme-Subject", "meme.request"}, {"Meme-Request-Id", "x"}});
  }

  void prepare() {
    for (const auto* each : {"MEMES", "MEMES_DEAD"})
      if (row.finds_nothing)
        client.api(std::string{"STREAM.DELETE."} + each);
    if (!row.finds_nothing)
      run_meme_generator(folder.path(), {"provision"}, {{"NATS_URL", nats.url()}});
  }

  finished_run run(const std::string& user) {
    if (row.finds_nothing)
      prepare();
    auto arguments = row.arguments;
    for (auto& each : arguments)
      if (each.rfind(folder_of_the_test, 0) == 0)
        each = folder.path().string() + each.substr(folder_of_the_test.size());
    return run_meme_generator(folder.path(), arguments, {{"NATS_URL", as(user, nats.url())}});
  }

  command_row row;
  temporary_folder folder;
  nats_server nats;
  nats_client client;
  mailbox requests{client.subscribe("meme.request")};
};

void answer_the_request(stage& here) {
  const json asked{here.requests.next().data};
  here.client.publish(asked.text("/reply_to"), result_json(asked.text("/id")));
}

void publish_a_result(stage& here) {
  const auto is_watched = [&] {
    return http_get(here.nats.monitor_url() + "/connz?subs=1").body.find("meme.response.error")
           != std::string::npos;
  };
  if (eventually(is_watched))
    here.client.publish("meme.response", result_json("x"));
}

const std::vector<command_row> rows = {
    {{"request", "--prompt", "a cat", "--output", folder_of_the_test + "/cat.png"},
     "request, load",
     "cat.png",
     answer_the_request},
    {{"load", "--count", "1"}, "request, load", "1", answer_the_request},
    {{"watch", "--count", "1", "--output-dir", folder_of_the_test + "/pictures"},
     "watch",
     "x",
     publish_a_result,
     {"meme.response", "meme.response.error"}},
    {{"dead", "list"}, "dead list", "x: "},
    {{"dead", "show", "1"}, "dead show", "a cat"},
    {{"dead", "purge", "1"}, "dead purge", "removed: x"},
    {{"dead", "purge", "all"}, "dead purge", "removed: x"},
    {{"dead", "requeue", "1"}, "dead requeue", "queued again: x"},
    {{"dead", "requeue", "all"}, "dead requeue", "queued again: x"},
    {{"provision"}, "provision", ""},
    {{"provision"}, "provision", "MEMES_DEAD", nullptr, {"_INBOX.>"}, true},
};

subjects spellings_of(const std::vector<permission>& list, const std::string& but = "") {
  subjects result;
  for (const auto& each : list)
    if (each.subject != but)
      result = joined(result, each.spellings);
  return result;
}

/// Whether the words name this right, and not one on a subject that goes on after a dot. It may
/// where the table has a wildcard.
bool names(const std::string& words, const std::string& right, const permission& what) {
  const auto wanted = right + literal(what.subject);
  const auto at = words.find(wanted);
  const auto may_go_on = what.spellings.back().back() == '>';
  return at != words.npos && (may_go_on || words.compare(at + wanted.size(), 1, ".") != 0);
}

void check_names(stage& here, const std::string& user, const std::string& right,
                 const permission& what) {
  const auto& subject = what.subject;
  const stopwatch since_start;
  const auto run = here.run(user);
  const auto took_s = since_start.seconds();
  BOOST_TEST(run.status == 1, here.row << "without " << right << subject);
  BOOST_TEST(names(run.err, right, what), here.row << "without " << subject << ": " << run.err);
  BOOST_TEST(took_s < at_once_s, here.row << "without " << subject);
  BOOST_TEST_MESSAGE(here.row << "without " << right << subject << ": said after " << took_s
                              << " s");
  if (!here.row.finds_nothing)
    BOOST_TEST(here.client.messages_in("MEMES_DEAD") == 1, "the letter is still there");
}

void check_row(const command_row& row) {
  const auto needed =
      documented(row.column, row.finds_nothing ? subjects{"yes", "to make"} : subjects{"yes"});
  BOOST_TEST((needed.empty() == (row.column == "watch")), row); // which publishes nothing
  std::vector<limited_user> limited = {{"enough", spellings_of(needed), row.subscribe}};
  for (std::size_t i = 0; i < needed.size(); ++i)
    limited.push_back(
        {"mute" + std::to_string(i), spellings_of(needed, needed[i].subject), row.subscribe});
  for (std::size_t i = 0; i < row.subscribe.size(); ++i)
    limited.push_back({"deaf" + std::to_string(i), spellings_of(needed),
                       without(row.subscribe, row.subscribe[i])});
  stage here{row, limited};
  for (std::size_t i = 0; i < needed.size(); ++i)
    check_names(here, "mute" + std::to_string(i), "publish on ", needed[i]);
  for (std::size_t i = 0; i < row.subscribe.size(); ++i)
    check_names(here, "deaf" + std::to_string(i), "subscribe to ",
                {row.subscribe[i], {row.subscribe[i]}});
  auto ending = std::async(std::launch::async, [&] { return here.run("enough"); });
  if (row.play != nullptr)
    row.play(here);
  const auto run = ending.get();
  BOOST_TEST(run.status == 0, row << "with all: " << run.err);
  BOOST_TEST((run.out + run.err).find(row.prints) != std::string::npos, run.out + run.err);
}

} // namespace

BOOST_AUTO_TEST_CASE(a_command_does_its_work_with_these_and_names_each_that_it_lacks) {
  for (const auto& row : rows)
    check_row(row);
}

BOOST_AUTO_TEST_CASE(the_page_says_what_is_subscribed_to) {
  const auto page = read_file(std::string{MEME_SOURCE_DIR} + "/docs/permissions.md");
  for (const auto* line : {"| `_INBOX.>` (of `nats.inbox-prefix`) | all but `watch` |",
                           "| `meme.response`, `meme.response.error` | watch |"})
    BOOST_TEST(page.find(line) != page.npos, line);
}
