#include "test/support/child_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "test/support/read_file.hpp"

namespace meme::test {

namespace {

std::system_error failure(const std::string& what) {
  return {errno, std::generic_category(), what};
}

/// Debian installs servers into folders that are not on every user's PATH.
std::string find_program(const std::string& name) {
  if (name.find('/') != name.npos)
    return name;
  const auto* path = std::getenv("PATH");
  std::istringstream folders{std::string{path == nullptr ? "" : path}
                             + ":/usr/local/sbin:/usr/sbin"};
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const auto file = folder + "/" + name; ::access(file.c_str(), X_OK) == 0)
      return file;
  throw std::runtime_error{name + " is not installed (scripts/install-deps.sh)"};
}

std::vector<std::string> environment_block(environment variables) {
  for (const auto* name :
       {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"})
    if (const auto* value = std::getenv(name))
      variables.try_emplace(name, value);
  if (variables.count("LD_PRELOAD") != 0) { // AddressSanitizer wants to be the first library
    auto& options = variables["ASAN_OPTIONS"];
    options += (options.empty() ? "" : ":") + std::string{"verify_asan_link_order=0"};
  }
  std::vector<std::string> block;
  for (const auto& [name, value] : variables)
    block.push_back(name + "=" + value);
  return block;
}

/// The null-terminated array of pointers that execve wants; `strings` must outlive it.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (auto& text : strings)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

io::unique_fd open_log(const std::filesystem::path& file) {
  io::unique_fd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!fd)
    throw failure("cannot write " + file.string());
  return fd;
}

/// The child between fork and exec: only calls that are safe there, because threads of the parent
/// may hold any lock. Writes errno to `report` and ends if the program cannot be run.
[[noreturn]] void become(char* const* arguments, char* const* variables, int out, int err,
                         int report, pid_t parent) {
  ::setpgid(0, 0);                    // the terminal's ^C goes to the test only
  ::prctl(PR_SET_PDEATHSIG, SIGKILL); // when the thread that forked ends: tests fork from main
  if (::getppid() != parent)
    ::_exit(127); // the test died before PR_SET_PDEATHSIG was set
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); // descriptors that this test has inherited
  ::execve(arguments[0], arguments, variables);
  const int reason = errno;
  [[maybe_unused]] const auto written = ::write(report, &reason, sizeof reason);
  ::_exit(127);
}

std::uintmax_t size_of(const std::filesystem::path& file) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(file, missing);
  return missing ? 0 : size;
}

} // namespace

child_process::child_process(const command& what, const std::filesystem::path& folder,
                             const std::string& name)
    : out_{folder / (name + ".out"), size_of(folder / (name + ".out"))},
      err_{folder / (name + ".err"), size_of(folder / (name + ".err"))} {
  auto arguments = what.arguments;
  arguments.insert(arguments.begin(), find_program(what.program));
  auto variables = environment_block(what.variables);
  const auto argument_pointers = pointers(arguments);
  const auto variable_pointers = pointers(variables);
  const auto out = open_log(out_.file);
  const auto err = open_log(err_.file);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw failure("cannot make a pipe");
  const io::unique_fd report_reader{ends[0]};
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0)
    become(argument_pointers.data(), variable_pointers.data(), out.get(), err.get(), ends[1],
           parent);
  ::close(ends[1]);
  if (pid_ < 0)
    throw failure("cannot fork");
  // Exec closes the pipe; a number that can be read is the reason of a failure.
  if (int reason = 0; ::read(report_reader.get(), &reason, sizeof reason) == sizeof reason) {
    ::waitpid(pid_, nullptr, 0);
    throw std::system_error{reason, std::generic_category(), "cannot run " + arguments[0]};
  }
  // By number: the wrapper of glibc 2.36 cannot be called from C++.
  pidfd_ = io::unique_fd{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
  if (!pidfd_) {
    const auto problem = failure("cannot watch " + arguments[0]);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw problem;
  }
}

child_process::~child_process() {
  kill9();
}

bool child_process::running() {
  return !wait_exit(std::chrono::milliseconds{0}).has_value();
}

std::optional<int> child_process::wait_exit(std::chrono::milliseconds timeout) {
  if (exit_status_)
    return exit_status_;
  pollfd exited{pidfd_.get(), POLLIN, 0};
  if (::poll(&exited, 1, static_cast<int>(timeout.count())) <= 0)
    return std::nullopt;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return exit_status_;
}

void child_process::signal(int number) {
  // Not yet reaped, so the number cannot belong to another process.
  if (!exit_status_)
    ::kill(pid_, number);
}

void child_process::kill9() {
  signal(SIGKILL);
  wait_exit();
}

std::string child_process::log::read() const {
  return read_file(file, begin);
}

std::string child_process::out() const {
  return out_.read();
}

std::string child_process::err() const {
  return err_.read();
}

std::size_t child_process::status_number(const std::string& field) const {
  std::ifstream status{"/proc/" + std::to_string(pid_) + "/status"};
  for (std::string line; std::getline(status, line);)
    if (line.compare(0, field.size() + 1, field + ":") == 0)
      return std::stoul(line.substr(field.size() + 1));
  throw std::runtime_error{"process " + std::to_string(pid_) + " has no " + field};
}

std::size_t child_process::rss_bytes() const {
  return status_number("VmRSS") * 1024;
}

std::size_t child_process::peak_rss_bytes() const {
  return status_number("VmHWM") * 1024;
}

std::size_t child_process::thread_count() const {
  return status_number("Threads");
}

std::size_t child_process::fd_count() const {
  const std::filesystem::directory_iterator fds{"/proc/" + std::to_string(pid_) + "/fd"};
  return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

} // namespace meme::test
