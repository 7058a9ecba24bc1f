#include "rondo/interop/stored_model.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/printable.hpp"
#include "rondo/formats/detail/number_bytes.hpp"

namespace rondo {

template <Real T>
StoredWeight StoredWeight::of(std::string name, TensorView<const T> values) {
  const auto bytes = std::as_bytes(values.span());
  return {std::move(name), stored_type<T>, values.shape(), {bytes.begin(), bytes.end()}};
}

template <Real T>
Tensor<T> StoredWeight::values() const {
  const auto fail = [&](std::string_view problem) {
    throw_format_error("model", fmt::format("{} {}", in_quotes(name), problem));
  };
  if (bytes.size() != shape.size() * size_of(type)) {
    fail(fmt::format("has {} bytes for the shape {}", bytes.size(), to_string(shape)));
  }
  Tensor<T> result(shape);
  const auto convert = [&]<class From>(From) {
    static_cast<void>(
        detail::convert_numbers<From>(std::span(bytes), result.data(), to_string(stored_type<T>)));
  };
  switch (type) {
    case StoredType::float32:
      convert(float{});
      break;
    case StoredType::float64:
      convert(double{});
      break;
    case StoredType::float16:
      convert(detail::Float16{});
      break;
    case StoredType::bfloat16:
      convert(detail::BFloat16{});
      break;
    default:
      fail(fmt::format("has numbers of type {}, expected floating ones", to_string(type)));
  }
  return result;
}

#define RONDO_INSTANTIATE(T)                                                \
  template StoredWeight StoredWeight::of(std::string, TensorView<const T>); \
  template Tensor<T> StoredWeight::values() const;
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
