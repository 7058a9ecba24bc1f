#include "rondo/formats/weights.hpp"

#include <algorithm>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/formats/detail/safetensors_header.hpp"

namespace rondo {

namespace {

/// `'a', 'b', …`
template <class Items, class Name>
std::string listed(const Items& items, Name name) {
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i) {
    text += (i == 0 ? "" : ", ") + detail::in_quotes(name(items[i]));
  }
  return items.size() > most ? fmt::format("{}, … ({} in all)", text, items.size())
         : text.empty()      ? "nothing"
                             : text;
}

template <Real T>
void check_weight(const SafetensorsFile& file, const std::string& path, const Shape& shape) {
  const std::string name = detail::in_quotes(path);
  const StoredTensor* const tensor = file.find(path);
  if (tensor == nullptr) {
    const auto names = [](const StoredTensor& t) { return t.name; };
    detail::throw_damaged(file.path(),
                          fmt::format("has no tensor {} for the model's weight, it holds {}",
                                      name,
                                      listed(file.tensors(), names)));
  }
  if (tensor->type != stored_type<T>) {
    detail::throw_damaged(file.path(),
                          fmt::format("{} is {} in the file, {} in the model",
                                      name,
                                      to_string(tensor->type),
                                      to_string(stored_type<T>)));
  }
  if (tensor->shape != shape) {
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
  std::set<std::string_view> known;
  for (const Parameter<T>* parameter : parameters) {
    known.insert(parameter->path());
  }
  for (const StoredTensor& tensor : file.tensors()) {
    if (!known.contains(tensor.name)) {
      const auto paths = [](const Parameter<T>* p) { return p->path(); };
      detail::throw_damaged(file.path(),
                            fmt::format("holds {}, which is no weight of the model: it has {}",
                                        detail::in_quotes(tensor.name),
                                        listed(parameters, paths)));
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
