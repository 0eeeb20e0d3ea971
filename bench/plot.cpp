#include "bench/plot.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <string>

namespace meme::bench {

namespace {

struct series {
  std::string label;
  std::string figure;
  const char* colour;
};

/// Horizontal bars of several figures for each case of some tables.
struct chart {
  const char* file;
  std::string title;
  std::vector<std::string> prefixes;
  std::vector<series> bars;
  int decimals = 0;
};

const char* const blue = "#1f77b4";
const char* const orange = "#ff7f0e";
const char* const grey = "#9a9a9a";

const std::vector<chart>& charts() {
  static const std::vector<chart> all = {
      {"throughput.svg",
       "Hits: messages a second",
       {"hits/", "mixed/"},
       {{"limit loop", "limit_per_s", grey}, {"service", "service_per_s", blue}}},
      {"misses.svg",
       "Misses: messages a second",
       {"misses/"},
       {{"ideal", "ideal_per_s", grey}, {"service", "service_per_s", blue}}},
      {"cpu.svg",
       "CPU time of the worker, µs a message",
       {"hits/", "mixed/"},
       {{"limit loop", "limit_cpu_us", grey}, {"service", "service_cpu_us", blue}},
       1},
      {"latency.svg",
       "Latency beside the model's, ms",
       {"latency/"},
       {{"limit loop, p50", "limit_p50_ms", grey},
        {"service, p50", "service_p50_ms", blue},
        {"service, p99", "service_p99_ms", orange}},
       2},
      {"queue.svg",
       "CPU time against what is queued and in flight, µs a message",
       {"queue/"},
       {{"limit loop", "limit_cpu_us", grey}, {"service", "service_cpu_us", blue}},
       1}};
  return all;
}

constexpr int row_height = 16;
constexpr int label_width = 230;
constexpr int bar_width = 520;

/// The length of a bar: logarithmic, for rates differ by thousands, with a decade below the least.
double length(double value, double least, double most) {
  const auto bottom = std::floor(std::log10(least)) - 0.3;
  return bar_width * (std::log10(value) - bottom) / (std::log10(most) - bottom);
}

std::string text_at(int x, int y, const std::string& text, const char* anchor = "start") {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\""
         + anchor + "\">" + text + "</text>\n";
}

std::string bar_at(int y, double value, double width, const series& which, int decimals) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << "<rect x=\"" << label_width << "\" y=\"" << y
      << "\" width=\"" << width << "\" height=\"" << row_height - 3 << "\" fill=\"" << which.colour
      << "\"/>\n";
  std::ostringstream digits;
  digits << std::fixed << std::setprecision(decimals) << value;
  return out.str()
         + text_at(label_width + static_cast<int>(width) + 4, y + row_height - 5, digits.str());
}

bool belongs(const chart& to, const result& each) {
  return std::any_of(to.prefixes.begin(), to.prefixes.end(), [&](const std::string& prefix) {
    return each.name.compare(0, prefix.size(), prefix) == 0;
  });
}

std::vector<double> values(const chart& what, const std::vector<result>& results) {
  std::vector<double> all;
  for (const auto& each : results)
    for (const auto& bar : what.bars)
      if (const auto value = each.median(bar.figure); belongs(what, each) && value > 0)
        all.push_back(value);
  return all;
}

/// Empty where there is nothing to be drawn.
std::string draw(const chart& what, const std::vector<result>& results) {
  const auto all = values(what, results);
  if (all.empty())
    return {};
  const auto [least, most] = std::minmax_element(all.begin(), all.end());
  int y = 20;
  auto body = text_at(10, y, what.title + " (logarithmic)");
  int x = label_width;
  y += row_height + 4;
  for (const auto& bar : what.bars) {
    body += "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y - 10)
            + "\" width=\"10\" height=\"10\" fill=\"" + bar.colour + "\"/>\n"
            + text_at(x + 15, y, bar.label);
    x += 140;
  }
  y += 10;
  for (const auto& each : results) {
    auto drawn = false;
    for (const auto& bar : what.bars) {
      const auto value = each.median(bar.figure);
      if (!belongs(what, each) || !(value > 0))
        continue;
      if (!drawn)
        body += text_at(label_width - 8, y + row_height - 5, each.name, "end");
      drawn = true;
      body += bar_at(y, value, length(value, *least, *most), bar, what.decimals);
      y += row_height;
    }
    y += drawn ? 8 : 0;
  }
  const auto size =
      std::to_string(label_width + bar_width + 80) + "\" height=\"" + std::to_string(y);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size
         + "\" font-family=\"sans-serif\" font-size=\"12\">\n"
           "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
         + body + "</svg>\n";
}

} // namespace

void draw_plots(const std::vector<result>& results, const std::filesystem::path& folder) {
  for (const auto& each : charts())
    if (const auto picture = draw(each, results); !picture.empty())
      std::ofstream{folder / each.file} << picture;
}

} // namespace meme::bench
