#include "sketch-server/options.hpp"

#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <boost/program_options.hpp>

namespace meme::sketch {

namespace {

namespace po = boost::program_options;

constexpr std::size_t max_fixed_bytes = 64 << 20;

/// @returns nothing where `text` is not wholly a decimal number in [low, high].
std::optional<std::uint64_t> number(std::string_view text, std::uint64_t low, std::uint64_t high) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end || text.empty() || value < low || value > high)
    return std::nullopt;
  return value;
}

/// The number that option `name` was given; throws std::invalid_argument.
std::uint64_t number(const po::variables_map& given, const char* name, std::uint64_t low,
                     std::uint64_t high) {
  if (const auto value = number(given[name].as<std::string>(), low, high))
    return *value;
  throw std::invalid_argument{"--" + std::string{name} + " takes a number from "
                              + std::to_string(low) + " to " + std::to_string(high)};
}

void read_address(const std::string& text, options& result) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : number(std::string_view{text}.substr(colon + 1), 0, 65'535);
  if (!port || colon == 0)
    throw std::invalid_argument{"--listen takes ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::1]:0"};
  result.host = text.substr(0, colon);
  if (result.host.front() == '[' && result.host.back() == ']')
    result.host = result.host.substr(1, result.host.size() - 2);
  result.port = static_cast<std::uint16_t>(*port);
}

picture_size read_size(std::string_view text) {
  const auto cross = text.find('x');
  const auto width = number(text.substr(0, cross), min_side, max_side);
  const auto height =
      cross == text.npos ? width : number(text.substr(cross + 1), min_side, max_side);
  if (cross == text.npos || !width || !height)
    throw std::invalid_argument{"--size takes WIDTHxHEIGHT, each from " + std::to_string(min_side)
                                + " to " + std::to_string(max_side)};
  return {static_cast<int>(*width), static_cast<int>(*height)};
}

std::string read_plan(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] == '[')
    return text;
  std::ifstream file{text};
  std::ostringstream content;
  if (!file || !(content << file.rdbuf()))
    throw std::invalid_argument{"--fault-plan: cannot read the file " + text};
  return content.str();
}

po::options_description known_options() {
  po::options_description known{"Options"};
  const auto text = [] { return po::value<std::string>(); };
  auto add = known.add_options();
  add("listen", text()->value_name("ADDRESS:PORT")->default_value("127.0.0.1:0"),
      "where to listen; port 0 is any free one, and is printed");
  add("latency", text()->value_name("MS")->default_value("0"), "time before an answer begins");
  add("jitter", text()->value_name("MS")->default_value("0"),
      "up to this much is added to the latency");
  add("seed", text()->value_name("N")->default_value("0"), "of the jitter's random numbers");
  add("size", text()->value_name("WxH")->default_value("512x512"),
      "of pictures whose request names none");
  add("fixed-bytes", text()->value_name("N"),
      "draw nothing: answer with one PNG of exactly this length");
  add("token", text()->value_name("TOKEN"), "refuse calls without this bearer token");
  add("fault-plan", text()->value_name("FILE|JSON"), "what goes wrong, and when: see README.md");
  add("admin", po::bool_switch(), "serve /_stats, /_calls, /_faults and /_reset");
  add("drawing-threads", text()->value_name("N")->default_value("1"), "1 to 4");
  add("help", po::bool_switch(), "print this");
  add("version", po::bool_switch(), "print the version");
  return known;
}

std::string usage(const po::options_description& known) {
  std::ostringstream text;
  text << "Usage: sketch-server [OPTION]...\n\n"
          "A stand-in for the Hugging Face text-to-image API: draws every prompt as a meme,\n"
          "without a model, and fails on demand.\n\n"
       << known;
  return text.str();
}

options read(const po::variables_map& given) {
  constexpr std::uint64_t hour_ms = 3'600'000;
  options result;
  read_address(given["listen"].as<std::string>(), result);
  result.latency = std::chrono::milliseconds{number(given, "latency", 0, hour_ms)};
  result.jitter = std::chrono::milliseconds{number(given, "jitter", 0, hour_ms)};
  result.seed = number(given, "seed", 0, UINT64_MAX);
  result.size = read_size(given["size"].as<std::string>());
  if (given.count("fixed-bytes") != 0)
    result.fixed_bytes = number(given, "fixed-bytes", 1, max_fixed_bytes);
  if (given.count("token") != 0)
    result.token = given["token"].as<std::string>();
  if (given.count("fault-plan") != 0)
    result.fault_plan = read_plan(given["fault-plan"].as<std::string>());
  result.admin = given["admin"].as<bool>();
  result.drawing_threads = static_cast<unsigned>(number(given, "drawing-threads", 1, 4));
  return result;
}

} // namespace

std::variant<options, last_words> parse_options(int argc, const char* const* argv) {
  const auto known = known_options();
  try {
    using style = po::command_line_style::style_t;
    po::variables_map given;
    po::store(po::command_line_parser{argc, argv}
                  .options(known)
                  .positional({})
                  .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
                  .run(),
              given);
    if (given["help"].as<bool>())
      return last_words{usage(known)};
    if (given["version"].as<bool>())
      return last_words{"sketch-server " MEME_VERSION "\n"};
    return read(given);
  } catch (const std::exception& problem) { // Boost's are no std::invalid_argument
    return last_words{std::string{"sketch-server: "} + problem.what() + "\n", 2};
  }
}

} // namespace meme::sketch
