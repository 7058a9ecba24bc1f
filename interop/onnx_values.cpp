#include "rondo/interop/detail/onnx_values.hpp"

#include <algorithm>
#include <numeric>

namespace rondo::detail {

namespace {

/// The elements of `from` at these places, in this order.
OnnxConstant gathered(const OnnxConstant& from,
                      Sizes dims,
                      const std::vector<std::size_t>& places) {
  const auto take = [&](const auto& values) {
    std::decay_t<decltype(values)> result;
    result.reserve(places.size());
    for (const std::size_t place : places) {
      result.push_back(values[place]);
    }
    return result;
  };
  return from.integral ? OnnxConstant::of(std::move(dims), take(*from.integers))
                       : OnnxConstant::of(std::move(dims), take(*from.floats));
}

/// The places of all elements of a part of a tensor: axis i runs through places[i].
std::vector<std::size_t> flat_places(const std::vector<Sizes>& places, const Sizes& strides) {
  std::vector<std::size_t> flat{0};
  for (std::size_t axis = 0; axis < places.size(); ++axis) {
    std::vector<std::size_t> next;
    next.reserve(flat.size() * places[axis].size());
    for (const std::size_t base : flat) {
      for (const std::int64_t place : places[axis]) {
        next.push_back(base + static_cast<std::size_t>(place * strides[axis]));
      }
    }
    flat = std::move(next);
  }
  return flat;
}

Sizes strides_of(const Sizes& dims) {
  Sizes strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) {
    strides[i - 1] = strides[i] * dims[i];
  }
  return strides;
}

}  // namespace

std::int64_t product_of(const Sizes& dims) {
  std::int64_t result = 1;
  for (const std::int64_t dim : dims) {
    if (dim < 0 || __builtin_mul_overflow(result, dim, &result)) {
      return -1;
    }
  }
  return result;
}

std::int64_t OnnxConstant::size() const {
  return product_of(dims);
}

std::int64_t OnnxConstant::integer(std::size_t i) const {
  return uniform ? static_cast<std::int64_t>(*uniform) : (*integers)[i];
}

float OnnxConstant::number(std::size_t i) const {
  return uniform ? static_cast<float>(*uniform) : (*floats)[i];
}

bool OnnxConstant::all_equal(double value) const {
  if (uniform) {
    return *uniform == value;
  }
  const auto equal = [value](auto x) { return static_cast<double>(x) == value; };
  return integral ? std::all_of(integers->begin(), integers->end(), equal)
                  : std::all_of(floats->begin(), floats->end(), equal);
}

OnnxConstant OnnxConstant::of(Sizes dims, std::vector<std::int64_t> values) {
  return {.dims = std::move(dims),
          .integers = std::make_shared<const std::vector<std::int64_t>>(std::move(values))};
}

OnnxConstant OnnxConstant::of(Sizes dims, std::vector<float> values) {
  return {.dims = std::move(dims),
          .integral = false,
          .floats = std::make_shared<const std::vector<float>>(std::move(values))};
}

OnnxConstant OnnxConstant::filled(Sizes dims, bool integral, double value) {
  return {.dims = std::move(dims), .integral = integral, .uniform = value};
}

OnnxConstant picked(const OnnxConstant& from, const std::vector<Sizes>& places) {
  Sizes dims;
  for (const Sizes& of_axis : places) {
    dims.push_back(static_cast<std::int64_t>(of_axis.size()));
  }
  if (from.uniform) {
    return OnnxConstant::filled(std::move(dims), from.integral, *from.uniform);
  }
  return gathered(from, std::move(dims), flat_places(places, strides_of(from.dims)));
}

OnnxConstant transposed(const OnnxConstant& from, const Sizes& axes) {
  Sizes dims, strides;
  std::vector<Sizes> places;
  const Sizes old = strides_of(from.dims);
  for (const std::int64_t axis : axes) {
    const auto at = static_cast<std::size_t>(axis);
    dims.push_back(from.dims[at]);
    strides.push_back(old[at]);
    if (!from.uniform) {
      places.emplace_back(static_cast<std::size_t>(from.dims[at]));
      std::iota(places.back().begin(), places.back().end(), 0);
    }
  }
  if (from.uniform) {
    return OnnxConstant::filled(std::move(dims), from.integral, *from.uniform);
  }
  return gathered(from, std::move(dims), flat_places(places, strides));
}

OnnxConstant reshaped(const OnnxConstant& from, Sizes dims) {
  OnnxConstant result = from;
  result.dims = std::move(dims);
  return result;
}

Sizes all_places(std::int64_t size) {
  Sizes places(static_cast<std::size_t>(size));
  std::iota(places.begin(), places.end(), 0);
  return places;
}

std::int64_t DataAxis::size() const {
  std::int64_t result = 1;
  for (const AxisFactor& factor : factors) {
    result *= factor.size;
  }
  return result;
}

/// Factors are dealt out in order. One of size 1 goes to an axis of size 1, or to its neighbour.
std::optional<std::vector<DataAxis>> reshaped(const std::vector<DataAxis>& axes,
                                              const Sizes& dims) {
  std::vector<AxisFactor> rest;
  for (const DataAxis& axis : axes) {
    rest.insert(rest.end(), axis.factors.begin(), axis.factors.end());
  }
  std::size_t next = 0;
  std::vector<DataAxis> result;
  for (const std::int64_t dim : dims) {
    DataAxis& axis = result.emplace_back();
    std::int64_t size = 1;
    while (size < dim && next < rest.size()) {
      size *= rest[next].size;
      axis.factors.push_back(rest[next++]);
    }
    if (dim == 1 && next < rest.size() && rest[next].size == 1) {
      axis.factors.push_back(rest[next++]);
    }
    if (size != dim) {
      return std::nullopt;
    }
  }
  for (; next < rest.size(); ++next) {
    if (rest[next].size != 1 || result.empty()) {
      return std::nullopt;
    }
    result.back().factors.push_back(rest[next]);
  }
  return result;
}

}  // namespace rondo::detail
