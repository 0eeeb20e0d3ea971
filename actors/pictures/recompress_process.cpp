#include "actors/pictures/recompress_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include "actors/pictures/formats/picture_check.hpp"

namespace meme::recompression {

namespace {

/// Of what the process says, so much is kept.
constexpr std::size_t longest_text = 500;

[[noreturn]] void fail(int error, const char* action) {
  throw std::system_error{error, std::generic_category(), action};
}

io::unique_fd unnamed_file(const char* name) {
  io::unique_fd file{::memfd_create(name, MFD_CLOEXEC)};
  if (!file)
    fail(errno, "memfd_create");
  return file;
}

void write_all(const io::unique_fd& file, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count = ::write(file.get(), &bytes[done], bytes.size() - done);
    if (count < 0)
      fail(errno, "write");
    done += static_cast<std::size_t>(count);
  }
}

std::string read_all(const io::unique_fd& file, std::size_t most) {
  struct stat seen {};
  if (::fstat(file.get(), &seen) != 0 || static_cast<std::size_t>(seen.st_size) > most)
    return {};
  std::string bytes(static_cast<std::size_t>(seen.st_size), '\0');
  const auto count = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  return count == seen.st_size ? bytes : std::string{};
}

/// Variables that the program needs to run as it was built: none of them is the service's.
std::vector<char*> inherited_variables() {
  std::vector<char*> kept;
  for (char** each = environ; *each != nullptr; ++each)
    for (const char* name :
         {"LD_LIBRARY_PATH=", "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS="})
      if (std::strncmp(*each, name, std::strlen(name)) == 0)
        kept.push_back(*each);
  kept.push_back(nullptr);
  return kept;
}

struct spawn_settings {
  spawn_settings() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t standard;
    sigemptyset(&none);
    sigemptyset(&standard);
    sigaddset(&standard, SIGPIPE); // ignored by the service
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &standard);
    // A group of its own: the terminal's ^C is for the service, and what it starts ends with it.
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
                                                | POSIX_SPAWN_SETPGROUP);
  }
  ~spawn_settings() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  spawn_settings(const spawn_settings&) = delete;
  spawn_settings& operator=(const spawn_settings&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

} // namespace

recompress_process::recompress_process(io::event_loop& loop, const std::string& program,
                                       const std::string& bytes, const fit_limits& limits,
                                       std::chrono::milliseconds time_limit, callback done)
    : loop_(loop),
      limits_(limits),
      done_(std::move(done)),
      picture_(unnamed_file("picture")),
      jpeg_(unnamed_file("jpeg")) {
  write_all(picture_, bytes);
  ::lseek(picture_.get(), 0, SEEK_SET); // the process reads it from its start
  start(program, time_limit);
  loop_.watch(words_.get(), EPOLLIN, [this](std::uint32_t) { on_words(); });
  timer_ = loop_.call_after(time_limit, [this] {
    timer_ = 0;
    out_of_time_ = true;
    ::kill(-pid_, SIGKILL); // its stderr ends with it
  });
}

recompress_process::~recompress_process() {
  loop_.cancel(timer_);
  if (words_)
    loop_.unwatch(words_.get());
  stop();
}

void recompress_process::start(const std::string& program, std::chrono::milliseconds time_limit) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    fail(errno, "pipe2");
  words_ = io::unique_fd{ends[0]};
  const io::unique_fd writing_end{ends[1]};
  spawn_settings settings;
  ::posix_spawn_file_actions_adddup2(&settings.files, picture_.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&settings.files, jpeg_.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&settings.files, writing_end.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&settings.files, STDERR_FILENO + 1);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time_limit).count() + 1;
  std::string arguments[] = {"meme-generator", recompress_command, std::to_string(limits_.bytes),
                             std::to_string(limits_.max_pixels), std::to_string(seconds)};
  std::vector<char*> argv;
  for (auto& each : arguments)
    argv.push_back(each.data());
  argv.push_back(nullptr);
  const auto variables = inherited_variables();
  const auto* path = program.empty() ? "/proc/self/exe" : program.c_str();
  if (const auto error = ::posix_spawn(&pid_, path, &settings.files, &settings.attributes,
                                       argv.data(), variables.data());
      error != 0) {
    pid_ = 0;
    fail(error, "a process for a picture");
  }
}

void recompress_process::on_words() {
  char buffer[4'096];
  const auto count = ::read(words_.get(), buffer, sizeof buffer);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (count > 0) {
    if (text_.size() < longest_text)
      text_.append(buffer, std::min(static_cast<std::size_t>(count), longest_text - text_.size()));
    return;
  }
  loop_.unwatch(words_.get());
  words_ = {};
  loop_.cancel(timer_);
  auto ended = read_end(stop());
  auto done = std::move(done_); // which may destroy this object
  done(std::move(ended));
}

int recompress_process::stop() {
  if (pid_ == 0)
    return 0;
  int status = 0;
  // The status of a process whose end has begun does not change by it.
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status;
}

recompress_process::end recompress_process::read_end(int status) {
  if (out_of_time_)
    return {end::kind::out_of_time, fit_failure{false, {}}};
  if (!WIFEXITED(status))
    return {end::kind::crashed, fit_failure{true, {}}};
  switch (WEXITSTATUS(status)) {
  case fits: {
    picture made{picture_type::jpeg, read_all(jpeg_, limits_.bytes)};
    const auto found = inspect_picture(made.bytes);
    const auto* whole = std::get_if<complete_picture>(&found);
    if (whole == nullptr || whole->type != picture_type::jpeg || whole->size != made.bytes.size())
      break;
    return {end::kind::answered, std::move(made)};
  }
  case broken:
    return {end::kind::answered, fit_failure{true, std::move(text_)}};
  case does_not_fit:
    return {end::kind::answered, fit_failure{false, std::move(text_)}};
  default:
    break;
  }
  return {end::kind::crashed, fit_failure{true, {}}};
}

} // namespace meme::recompression
