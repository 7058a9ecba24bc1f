#include "rondo/optim/run_state.hpp"

#include <sstream>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo {

template <Real T>
void RunStateVisitor<T>::visit_number(const std::string& name, double& number) {
  std::optional<double> value(number);
  visit_optional(name, value);
  if (!value) {
    throw_format_error("checkpoint", fmt::format("'{}' has no value", name));
  }
  number = *value;
}

template <Real T>
void RunStateVisitor<T>::visit_optional(const std::string& name, std::optional<double>& number) {
  std::vector<double> values(number ? 1 : 0, number.value_or(0.0));
  visit(name, values);
  number = values.empty() ? std::nullopt : std::optional(values.front());
}

template <Real T>
void RunStateVisitor<T>::visit_flag(const std::string& name, bool& flag) {
  std::uint64_t value = flag ? 1 : 0;
  visit(name, value);
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
