#include "rondo/bench/work.hpp"

#include <cmath>
#include <cstdint>
#include <regex>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::bench {

Work parse_work(const std::string& name) {
  static const std::regex form(
      "([a-z_]+?)(?:_([0-9]+(?:x[0-9]+)+)(?:_([a-z_]+?))?"  // lazy, in two parts: no trigraph
      "?(_with_input_gradient)?)?");
  std::smatch parts;
  if (!std::regex_match(name, parts, form)) {
    throw_argument_error("bench", fmt::format("'{}' is no name of a work", name));
  }
  Work work{name, parts[1], parts[2], {}, parts[3], parts[4].matched};
  std::vector<std::size_t> sizes;
  static const std::regex number("[0-9]+");
  for (std::sregex_iterator i(work.shape_text.begin(), work.shape_text.end(), number), end;
       i != end;
       ++i) {
    sizes.push_back(std::stoul(i->str()));
  }
  if (sizes.size() == 4) {
    work.shape = {sizes[0], sizes[1], sizes[2], sizes[3]};
  } else if (sizes.size() == 2) {
    work.shape = {1, 1, sizes[0], sizes[1]};
  } else if (!sizes.empty()) {
    throw_argument_error(
        "bench",
        fmt::format("'{}': expected batch x steps x features x units or features x units", name));
  }
  return work;
}

double operations(const Work& work) {
  const auto [batch, steps, features, units] = work.shape;
  const double one = 2.0 * static_cast<double>(batch * steps * 3 * units);
  const auto by_input = one * static_cast<double>(features);
  const auto by_state = one * static_cast<double>(units);
  const double forward = by_input + by_state;
  if (work.kind == "stream") {
    return forward;
  }
  if (work.kind == "forward_backward" || work.kind == "train_step" || work.kind == "composite") {
    return forward + by_input + 2.0 * by_state + (work.input_gradient ? by_input : 0.0);
  }
  return 0.0;
}

std::vector<float> values(std::size_t n, int salt, double scale) {
  std::vector<float> result(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t mixed = (i + 1) * 7919 + static_cast<std::uint64_t>(salt) * 104729;
    result[i] = static_cast<float>(scale * (static_cast<double>(mixed % 65537) / 32768.5 - 1.0));
  }
  return result;
}

GruValues gru_values(const GruShape& shape) {
  const auto [batch, steps, features, units] = shape;
  const auto scale = [](std::size_t rows) { return 1.0 / std::sqrt(static_cast<double>(rows)); };
  return {values(batch * steps * features, salt_inputs, 1.0),
          values(features * 3 * units, salt_kernel, scale(features)),
          values(units * 3 * units, salt_recurrent_kernel, scale(units)),
          values(2 * 3 * units, salt_bias, 0.1)};
}

std::size_t length_of(std::size_t n, std::size_t steps) {
  return 1 + (n + 1) * 2654435761U % 4294967296U % steps;
}

}  // namespace rondo::bench
