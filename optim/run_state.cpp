#include "rondo/optim/run_state.hpp"

#include <sstream>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
void RunStateVisitor<T>::refuse(const std::string& name, const std::string& problem) const {
  throw_format_error("checkpoint", fmt::format("'{}' {}", name, problem));
}

template <Real T>
void RunStateVisitor<T>::visit_count(const std::string& name,
                                     std::uint64_t& count,
                                     std::uint64_t most) {
  std::uint64_t value = count;
  visit(name, value);
  if (value > most) {
    refuse(name, fmt::format("is {}, at most {} can be", value, most));
  }
  count = value;
}

template <Real T>
void RunStateVisitor<T>::visit_tensors(const std::string& name,
                                       std::vector<Tensor<T>>& tensors,
                                       std::span<const Shape> shapes) {
  visit(name, tensors);
  if (!tensors.empty() && tensors.size() != shapes.size()) {
    refuse(name, fmt::format("has {} tensors there, {} here", tensors.size(), shapes.size()));
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].shape() != shapes[i]) {
      refuse(
          fmt::format("{}/{}", name, i),
          fmt::format(
              "has shape {} there, {} here", to_string(tensors[i].shape()), to_string(shapes[i])));
    }
  }
}

template <Real T>
void RunStateVisitor<T>::visit_number(const std::string& name, double& number) {
  std::optional<double> value(number);
  visit_optional(name, value);
  if (!value) {
    refuse(name, "has no value");
  }
  number = *value;
}

template <Real T>
void RunStateVisitor<T>::visit_optional(const std::string& name, std::optional<double>& number) {
  std::vector<double> values(number ? 1 : 0, number.value_or(0.0));
  visit(name, values);
  if (values.size() > 1) {
    refuse(name, fmt::format("has {} values, at most 1 can be", values.size()));
  }
  number = values.empty() ? std::nullopt : std::optional(values.front());
}

template <Real T>
void RunStateVisitor<T>::visit_flag(const std::string& name, bool& flag) {
  std::uint64_t value = flag ? 1 : 0;
  visit_count(name, value, 1);
  flag = value != 0;
}

template <Real T>
void RunStateVisitor<T>::visit_names(const std::string& name, std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts) {
    lines += text + '\n';
  }
  visit(name, lines);
  texts.clear();
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    texts.push_back(line);
  }
}

template class RunStateVisitor<float>;
template class RunStateVisitor<double>;

}  // namespace rondo
