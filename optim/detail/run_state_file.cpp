#include "rondo/optim/detail/run_state_file.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

// ---- writing ----

template <Real T>
void RunStateWriter<T>::visit(const std::string& name, std::uint64_t& count) {
  counts_.push_back(count);
  tensors_.emplace_back(run_prefix + name,
                        TensorView<const std::uint64_t>(&counts_.back(), Shape{}));
}

template <Real T>
void RunStateWriter<T>::visit(const std::string& name, std::string& text) {
  metadata_[run_prefix + name] = text;
}

template <Real T>
void RunStateWriter<T>::visit(const std::string& name, std::vector<double>& numbers) {
  numbers_.push_back(numbers);
  tensors_.emplace_back(run_prefix + name,
                        TensorView<const double>(numbers_.back().data(), Shape{numbers.size()}));
}

template <Real T>
void RunStateWriter<T>::visit(const std::string& name, std::vector<Tensor<T>>& tensors) {
  std::uint64_t count = tensors.size();
  visit(name, count);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    values_.push_back(tensors[i]);
    tensors_.emplace_back(fmt::format("{}{}/{}", run_prefix, name, i),
                          std::as_const(values_.back()).view());
  }
}

template <Real T>
void RunStateWriter<T>::check_same(const std::string& name, const std::string& value) {
  metadata_[run_prefix + name] = value;
}

// ---- going back ----

template <Real T>
const NamedTensor& RunStateRestorer<T>::find(const std::string& name) const {
  const auto& tensors = saved_.tensors();
  const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& tensor) {
    return tensor.name == run_prefix + name;
  });
  if (found == tensors.end()) {
    this->refuse(name, "was not shown before");
  }
  return *found;
}

template <Real T>
template <class V>
void RunStateRestorer<T>::copy(const std::string& name, V* values) const {
  const auto bytes = find(name).bytes;
  if (!bytes.empty()) {
    std::memcpy(values, bytes.data(), bytes.size());
  }
}

template <Real T>
void RunStateRestorer<T>::visit(const std::string& name, std::uint64_t& count) {
  copy(name, &count);
}

template <Real T>
void RunStateRestorer<T>::visit(const std::string& name, std::string& text) {
  text = saved_.metadata().at(run_prefix + name);
}

template <Real T>
void RunStateRestorer<T>::visit(const std::string& name, std::vector<double>& numbers) {
  numbers.resize(find(name).shape.size());
  copy(name, numbers.data());
}

template <Real T>
void RunStateRestorer<T>::visit(const std::string& name, std::vector<Tensor<T>>& tensors) {
  std::uint64_t count = 0;
  visit(name, count);
  tensors.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string part = fmt::format("{}/{}", name, i);
    tensors.emplace_back(find(part).shape);
    copy(part, tensors.back().data());
  }
}

// ---- reading ----

template <Real T>
void RunStateReader<T>::fail(const std::string& problem) const {
  throw_format_error("checkpoint", fmt::format("{}: {}", file_.path().string(), problem));
}

template <Real T>
void RunStateReader<T>::refuse(const std::string& name, const std::string& problem) const {
  fail(fmt::format("'{}{}' {}", run_prefix, name, problem));
}

template <Real T>
const StoredTensor& RunStateReader<T>::find(const std::string& name) {
  names_.insert(run_prefix + name);
  const StoredTensor* const tensor = file_.find(run_prefix + name);
  if (tensor == nullptr) {
    fail(fmt::format("holds no '{}{}', which this run has", run_prefix, name));
  }
  return *tensor;
}

template <Real T>
const std::string& RunStateReader<T>::text(const std::string& name) {
  names_.insert(run_prefix + name);
  const auto found = file_.metadata().find(run_prefix + name);
  if (found == file_.metadata().end()) {
    fail(fmt::format("holds no '{}{}', which this run has", run_prefix, name));
  }
  return found->second;
}

template <Real T>
void RunStateReader<T>::visit(const std::string& name, std::uint64_t& count) {
  find(name);
  file_.read(run_prefix + name, TensorView<std::uint64_t>(&count, Shape{}));
}

template <Real T>
void RunStateReader<T>::visit(const std::string& name, std::string& text_value) {
  text_value = text(name);
}

template <Real T>
void RunStateReader<T>::visit(const std::string& name, std::vector<double>& numbers) {
  const Shape shape = find(name).shape;
  if (shape.rank() != 1) {
    refuse(name, fmt::format("has shape {}, a list is needed", to_string(shape)));
  }
  numbers.resize(shape.size());
  file_.read(run_prefix + name, TensorView<double>(numbers.data(), shape));
}

template <Real T>
void RunStateReader<T>::visit(const std::string& name, std::vector<Tensor<T>>& tensors) {
  std::uint64_t count = 0;
  visit(name, count);
  tensors.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string part = fmt::format("{}/{}", name, i);
    tensors.emplace_back(find(part).shape);
    file_.read(run_prefix + part, tensors.back().view());
  }
}

template <Real T>
void RunStateReader<T>::check_same(const std::string& name, const std::string& value) {
  const std::string& there = text(name);
  if (there != value) {
    fail(fmt::format("holds another run: {} is {} there, {} here", name, there, value));
  }
}

template <Real T>
void RunStateReader<T>::check_nothing_else() const {
  const auto check = [&](const std::string& name) {
    if (name.starts_with(run_prefix) && !names_.contains(name)) {
      fail(fmt::format("holds '{}', which this run does not have", name));
    }
  };
  for (const StoredTensor& tensor : file_.tensors()) {
    check(tensor.name);
  }
  for (const auto& [name, value] : file_.metadata()) {
    check(name);
  }
}

template class RunStateWriter<float>;
template class RunStateWriter<double>;
template class RunStateRestorer<float>;
template class RunStateRestorer<double>;
template class RunStateReader<float>;
template class RunStateReader<double>;

}  // namespace rondo::detail
