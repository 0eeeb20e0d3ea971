#define BOOST_TEST_MODULE line_writer
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <sstream>
#include <vector>

#include "actors/io/line_writer.hpp"
#include "actors/io/unique_fd.hpp"

using meme::io::line_writer;
using meme::io::unique_fd;

namespace {

/// A pipe whose writing end blocks, as a shell makes it.
struct small_pipe {
  small_pipe() {
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    reader = unique_fd{ends[0]};
    writer = unique_fd{ends[1]};
    ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(writer.get(), F_SETPIPE_SZ, 16'384);
  }

  std::string read() const {
    std::string result;
    char buffer[4096];
    for (ssize_t size = 0; (size = ::read(reader.get(), buffer, sizeof buffer)) > 0;)
      result.append(buffer, static_cast<std::size_t>(size));
    return result;
  }

  unique_fd reader;
  unique_fd writer;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    result.push_back(line);
  return result;
}

std::string notice(std::uint64_t count) {
  return "dropped " + std::to_string(count) + "\n";
}

} // namespace

BOOST_AUTO_TEST_CASE(lines_go_out_as_they_are) {
  small_pipe pipe;
  line_writer writer{pipe.writer.get(), notice};
  writer.write("one\n");
  writer.write("two\n");
  BOOST_TEST(pipe.read() == "one\ntwo\n");
  BOOST_TEST(writer.dropped() == 0u);
}

// A write that waits would end this test by its time limit.
BOOST_AUTO_TEST_CASE(lines_without_room_are_dropped_counted_and_told) {
  small_pipe pipe;
  line_writer writer{pipe.writer.get(), notice};
  const std::string line(99, 'x');
  for (auto i = 0; i < 1'000; ++i)
    writer.write(line + "\n");
  const auto before = lines_of(pipe.read());
  for (const auto& each : before)
    BOOST_TEST(each == line);
  BOOST_TEST(writer.dropped() == 1'000 - before.size());
  writer.write("after\n");
  const auto dropped = writer.dropped();
  const std::vector<std::string> expected{"dropped " + std::to_string(dropped), "after"};
  BOOST_TEST(lines_of(pipe.read()) == expected, boost::test_tools::per_element());
  writer.write("later\n");
  BOOST_TEST(pipe.read() == "later\n");
  BOOST_TEST(writer.dropped() == dropped);
}

BOOST_AUTO_TEST_CASE(a_line_that_has_begun_is_finished_before_the_next) {
  small_pipe pipe;
  line_writer writer{pipe.writer.get(), notice};
  const std::string line(40'000, 'y');
  writer.write(line + "\n"); // as much of it as the pipe takes
  writer.write("lost\n");
  std::string seen;
  for (auto i = 0; i < 5; ++i) {
    seen += pipe.read();
    writer.write("next\n");
  }
  seen += pipe.read();
  const auto lines = lines_of(seen);
  BOOST_TEST_REQUIRE(lines.size() >= 3u);
  BOOST_TEST(lines[0] == line);
  BOOST_TEST(lines[1].rfind("dropped ", 0) == 0u);
  BOOST_TEST(lines[2] == "next");
}

BOOST_AUTO_TEST_CASE(a_reader_that_is_gone_costs_lines_and_nothing_else) {
  std::signal(SIGPIPE, SIG_IGN);
  small_pipe pipe;
  line_writer writer{pipe.writer.get(), notice};
  pipe.reader = {};
  writer.write("one\n");
  BOOST_TEST(writer.dropped() == 1u);
}
