#include "rondo/formats/weights.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/safetensors_header.hpp"

namespace rondo {

namespace {

constexpr std::size_t most_names = 5;

/// The names of tensors or weights.
template <class Items, class Name>
std::vector<std::string> names_of(const Items& items, Name name) {
  std::vector<std::string> names(items.size());
  std::transform(items.begin(), items.end(), names.begin(), name);
  return names;
}

template <Real T>
void check_weight(const SafetensorsFile& file, const std::string& path, const Shape& shape) {
  const std::string name = in_quotes(path);
  const StoredTensor* const tensor = file.find(path);
  if (tensor == nullptr) {
    const auto names = names_of(file.tensors(), [](const StoredTensor& t) { return t.name; });
    detail::throw_damaged(file.path(),
                          fmt::format("has no tensor {} for the model's weight, it holds {}",
                                      name,
                                      listed(names, most_names)));
  }
  if (tensor->problem.empty() && !can_read_as(tensor->type, stored_type<T>)) {
    detail::throw_damaged(file.path(),
                          fmt::format("{} is {} in the file, {} in the model",
                                      name,
                                      to_string(tensor->type),
                                      to_string(stored_type<T>)));
  }
  if (tensor->problem.empty() && tensor->shape != shape) {
    detail::throw_damaged(file.path(),
                          fmt::format("{} has shape {} in the file, {} in the model",
                                      name,
                                      to_string(tensor->shape),
                                      to_string(shape)));
  }
}

/// What the file holds under this path, if it has this shape.
template <Real T>
Tensor<T> read_weight(SafetensorsFile& file, const std::string& path, const Shape& shape) {
  check_weight<T>(file, path, shape);
  Tensor<T> value(shape);
  file.read(path, value.view());
  return value;
}

template <Real T>
void check_nothing_else(const SafetensorsFile& file, std::span<Parameter<T>* const> parameters) {
  const auto names = names_of(parameters, [](const Parameter<T>* p) { return p->path(); });
  const std::set<std::string> known(names.begin(), names.end());
  for (const StoredTensor& tensor : file.tensors()) {
    if (!known.contains(tensor.name)) {
      detail::throw_damaged(file.path(),
                            fmt::format("holds {}, which is no weight of the model: it has {}",
                                        in_quotes(tensor.name),
                                        listed(names, most_names)));
    }
  }
}

}  // namespace

template <Real T>
void save_weights(const std::filesystem::path& path,
                  std::span<Parameter<T>* const> parameters,
                  const FileMetadata& metadata) {
  std::vector<NamedTensor> tensors;
  for (const Parameter<T>* parameter : parameters) {
    tensors.emplace_back(parameter->path(), parameter->value());
  }
  write_safetensors(path, tensors, metadata);
}

template <Real T>
void load_weights(const std::filesystem::path& path, std::span<Parameter<T>* const> parameters) {
  SafetensorsFile file = SafetensorsFile::open(path);
  for (const Parameter<T>* parameter : parameters) {
    check_weight<T>(file, parameter->path(), parameter->shape());
  }
  check_nothing_else(file, parameters);
  std::vector<Tensor<T>> values;  // all of them, before the first is assigned
  for (const Parameter<T>* parameter : parameters) {
    values.push_back(read_weight<T>(file, parameter->path(), parameter->shape()));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i]->assign(values[i]);
  }
}

template <Real T>
WeightSource<T> stored_weights(SafetensorsFile& file) {
  return [&file](const std::string& path, const Shape& shape) {
    return read_weight<T>(file, path, shape);
  };
}

template <Real T>
void check_no_other_weights(const SafetensorsFile& file,
                            const std::vector<Parameter<T>*>& parameters) {
  check_nothing_else(file, std::span<Parameter<T>* const>(parameters));
}

#define RONDO_INSTANTIATE(T)                                                                \
  template void save_weights(                                                               \
      const std::filesystem::path&, std::span<Parameter<T>* const>, const FileMetadata&);   \
  template void load_weights(const std::filesystem::path&, std::span<Parameter<T>* const>); \
  template WeightSource<T> stored_weights(SafetensorsFile&);                                \
  template void check_no_other_weights(const SafetensorsFile&, const std::vector<Parameter<T>*>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
