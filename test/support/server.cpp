#include "test/support/server.hpp"

#include <stdexcept>

namespace meme::test {

server::server(std::filesystem::path folder, std::string name)
    : folder_{std::move(folder)}, name_{std::move(name)} {
  std::filesystem::create_directories(folder_);
}

void server::launch(const command& what, const std::function<bool()>& ready) {
  process_.emplace(what, folder_, name_);
  const auto settled = eventually([&] { return ready() || !process_->running(); });
  if (settled && process_->running())
    return;
  const auto said = last_lines(process_->out() + process_->err(), 20);
  const auto what_happened = settled ? " ended at once:\n" : " did not get ready:\n";
  process_.reset();
  throw std::runtime_error{name_ + what_happened + said};
}

int server::stop() {
  process_->signal(SIGTERM);
  const auto status = process_->wait_exit();
  if (!status)
    throw std::runtime_error{name_ + " does not stop"};
  return *status;
}

void server::kill9() {
  process_->kill9();
}

std::string last_lines(const std::string& text, std::size_t count) {
  auto begin = text.size();
  for (std::size_t lines = 0; lines <= count && begin != std::string::npos && begin > 0; ++lines)
    begin = text.rfind('\n', begin - 1);
  return begin == std::string::npos ? text : text.substr(begin);
}

} // namespace meme::test
