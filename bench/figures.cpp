#include "bench/figures.hpp"

#include <algorithm>
#include <cmath>

namespace meme::bench {

double result::median(const std::string& figure) const {
  std::vector<double> values;
  for (const auto& each : rounds)
    if (const auto found = each.find(figure); found != each.end())
      values.push_back(found->second);
  if (values.empty())
    return std::nan("");
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

} // namespace meme::bench
