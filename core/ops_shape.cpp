#include "rondo/core/ops_shape.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rondo/core/error.hpp"
#include "rondo/core/kernels/elementwise.hpp"

namespace rondo {

namespace {

/// Rows of `row` values that lie `stride` apart on the wide side and dense on the narrow one.
struct Rows {
  std::size_t count;
  std::size_t row;
  std::size_t stride;
  std::size_t offset;
};

template <Real T>
void copy_from_wide(const T* wide, const Rows& r, T* narrow) {
  for (std::size_t i = 0; i < r.count; ++i) {
    std::copy_n(wide + r.offset + i * r.stride, r.row, narrow + i * r.row);
  }
}

template <Real T>
void copy_to_wide(const T* narrow, const Rows& r, T* wide) {
  for (std::size_t i = 0; i < r.count; ++i) {
    std::copy_n(narrow + i * r.row, r.row, wide + r.offset + i * r.stride);
  }
}

template <Real T>
void add_from_wide(const T* wide, const Rows& r, T* narrow) {
  for (std::size_t i = 0; i < r.count; ++i) {
    kernels::add_into(wide + r.offset + i * r.stride, narrow + i * r.row, r.row);
  }
}

template <Real T>
void add_to_wide(const T* narrow, const Rows& r, T* wide) {
  for (std::size_t i = 0; i < r.count; ++i) {
    kernels::add_into(narrow + i * r.row, wide + r.offset + i * r.stride, r.row);
  }
}

/// The entries [begin, end) of axis k, given the result's shape; a leading block is not copied.
template <Real T>
Variable<T> take(OpName name,
                 const Variable<T>& x,
                 std::size_t k,
                 std::size_t begin,
                 std::size_t end,
                 const Shape& result) {
  const Shape& shape = x.shape();
  const std::size_t inner = shape.product(k + 1, shape.rank());
  const Rows rows{shape.product(0, k), (end - begin) * inner, shape[k] * inner, begin * inner};
  const auto rule = [](const Gradients<T>& g, const Rows& r) {
    if (const auto dx = g.of(0)) {
      add_to_wide(g.grad().data(), r, dx.data());
    }
  };
  if (rows.count == 1) {
    return x.tape().record_alias(name, x, rows.offset, result, rows, rule);
  }
  return x.tape().record(
      name,
      std::span(&x, 1),
      result,
      [&](TensorView<T> y) { copy_from_wide(x.value().data(), rows, y.data()); },
      rows,
      rule);
}

/// Joins parts whose [outer, n_i, inner] blocks follow one another along the middle axis.
template <Real T>
Variable<T> join(OpName name,
                 std::span<const Variable<T>> parts,
                 std::size_t outer,
                 const Shape& result) {
  struct Saved {
    std::size_t outer;
  };

  return parts[0].tape().record(
      name,
      parts,
      result,
      [&](TensorView<T> y) {
        Rows rows{outer, 0, y.size() / std::max<std::size_t>(outer, 1), 0};
        for (const Variable<T>& part : parts) {
          rows.row = part.shape().size() / std::max<std::size_t>(outer, 1);
          copy_to_wide(part.value().data(), rows, y.data());
          rows.offset += rows.row;
        }
      },
      Saved{outer},
      [](const Gradients<T>& g, const Saved& saved) {
        const std::size_t count = std::max<std::size_t>(saved.outer, 1);
        Rows rows{saved.outer, 0, g.value().size() / count, 0};
        for (std::size_t i = 0; i < g.num_inputs(); ++i) {
          rows.row = g.input(i).size() / count;
          if (const auto dx = g.of(i)) {
            add_from_wide(g.grad().data(), rows, dx.data());
          }
          rows.offset += rows.row;
        }
      });
}

template <Real T>
void check_not_empty(const char* op, std::span<const Variable<T>> parts) {
  if (parts.empty()) {
    throw_argument_error(op, "the list of parts is empty");
  }
}

/// Where each axis of the result lies in x.
struct Permutation {
  std::array<std::size_t, Shape::max_rank> dims{1, 1, 1, 1};     // of the result
  std::array<std::size_t, Shape::max_rank> strides{0, 0, 0, 0};  // in x
};

/// Calls f(index in the result, index in x, length) for each run of neighbours.
template <class F>
void for_each_permuted(const Permutation& p, F f) {
  std::size_t i = 0;
  for (std::size_t a = 0; a < p.dims[0]; ++a) {
    for (std::size_t b = 0; b < p.dims[1]; ++b) {
      for (std::size_t c = 0; c < p.dims[2]; ++c) {
        const std::size_t base = a * p.strides[0] + b * p.strides[1] + c * p.strides[2];
        const bool together = p.strides[3] == 1;
        const std::size_t length = together ? p.dims[3] : 1;
        for (std::size_t d = 0; d < p.dims[3]; d += length, i += length) {
          f(i, base + d * p.strides[3], length);
        }
      }
    }
  }
}

/// The axes named, or all of them reversed.
std::array<std::size_t, Shape::max_rank> resolve_order(const Shape& shape,
                                                       std::initializer_list<int> order) {
  std::array<std::size_t, Shape::max_rank> axes{};
  if (order.size() == 0) {
    for (std::size_t i = 0; i < shape.rank(); ++i) {
      axes[i] = shape.rank() - 1 - i;
    }
    return axes;
  }
  std::array<bool, Shape::max_rank> used{};
  std::size_t i = 0;
  for (const int axis : order) {
    const std::size_t k = resolve_axis("transpose", axis, shape.rank());
    if (order.size() != shape.rank() || used[k]) {
      throw_argument_error("transpose",
                           fmt::format("the order must name each axis of x {} once, got ({})",
                                       to_string(shape),
                                       fmt::join(order, ", ")));
    }
    used[k] = true;
    axes[i++] = k;
  }
  return axes;
}

}  // namespace

template <Real T>
Variable<T> reshape(const Variable<T>& x, const Shape& shape) {
  if (x.shape() == shape) {
    return x;
  }
  if (x.shape().size() != shape.size()) {
    throw_shape_error("reshape", "the sizes differ", {{"x", x.shape()}, {"shape", shape}});
  }

  struct None {};

  return x.tape().record_alias(
      "reshape", x, 0, shape, None{}, [](const Gradients<T>& g, const None&) {
        if (const auto dx = g.of(0)) {
          kernels::add_into(g.grad().data(), dx.data(), dx.size());
        }
      });
}

template <Real T>
Variable<T> transpose(const Variable<T>& x, std::initializer_list<int> order) {
  const Shape& shape = x.shape();
  const auto axes = resolve_order(shape, order);
  Shape result;
  Permutation permutation;
  const std::size_t pad = Shape::max_rank - shape.rank();
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    result.append(shape[axes[i]]);
    permutation.dims[pad + i] = shape[axes[i]];
    permutation.strides[pad + i] = shape.product(axes[i] + 1, shape.rank());
  }
  return x.tape().record(
      "transpose",
      std::span(&x, 1),
      result,
      [&](TensorView<T> y) {
        const T* const from = x.value().data();
        for_each_permuted(permutation, [&](std::size_t i, std::size_t j, std::size_t n) {
          n == 1 ? void(y[i] = from[j]) : void(std::copy_n(from + j, n, y.data() + i));
        });
      },
      permutation,
      [](const Gradients<T>& g, const Permutation& p) {
        if (const auto dx = g.of(0)) {
          const T* const dy = g.grad().data();
          for_each_permuted(p, [&](std::size_t i, std::size_t j, std::size_t n) {
            n == 1 ? void(dx[j] += dy[i]) : kernels::add_into(dy + i, dx.data() + j, n);
          });
        }
      });
}

template <Real T>
Variable<T> slice(const Variable<T>& x, int axis, std::size_t begin, std::size_t end) {
  const std::size_t k = resolve_axis("slice", axis, x.shape().rank());
  if (begin >= end || end > x.shape()[k]) {
    throw_argument_error(
        "slice",
        fmt::format(
            "[{}, {}) is no part of axis {} of x {}", begin, end, axis, to_string(x.shape())));
  }
  return take("slice", x, k, begin, end, x.shape().with_dim(k, end - begin));
}

template <Real T>
Variable<T> select(const Variable<T>& x, int axis, std::size_t index) {
  const std::size_t k = resolve_axis("select", axis, x.shape().rank());
  if (index >= x.shape()[k]) {
    throw_argument_error(
        "select",
        fmt::format("index {} lies outside axis {} of x {}", index, axis, to_string(x.shape())));
  }
  return take("select", x, k, index, index + 1, x.shape().erase(k));
}

template <Real T>
std::span<const Variable<T>> split(const Variable<T>& x, std::size_t parts, int axis) {
  const std::size_t k = resolve_axis("split", axis, x.shape().rank());
  if (parts == 0 || x.shape()[k] == 0 || x.shape()[k] % parts != 0) {
    throw_argument_error("split",
                         fmt::format("axis {} of x {} cannot be cut into {} equal parts",
                                     axis,
                                     to_string(x.shape()),
                                     parts));
  }
  const std::size_t size = x.shape()[k] / parts;
  const auto result = x.tape().template array<Variable<T>>(parts);
  for (std::size_t i = 0; i < parts; ++i) {
    result[i] = slice(x, axis, i * size, (i + 1) * size);
  }
  return result;
}

template <Real T>
Variable<T> concat(std::span<const Variable<T>> parts, int axis) {
  check_not_empty("concat", parts);
  const Shape& first = parts[0].shape();
  const std::size_t k = resolve_axis("concat", axis, first.rank());
  std::size_t total = 0;
  for (const Variable<T>& part : parts) {
    if (part.shape().rank() != first.rank() || part.shape().with_dim(k, first[k]) != first) {
      throw_shape_error("concat",
                        "sizes differ outside the joined axis",
                        {{"first", first}, {"other", part.shape()}});
    }
    total += part.shape()[k];
  }
  return join("concat", parts, first.product(0, k), first.with_dim(k, total));
}

template <Real T>
Variable<T> stack(std::span<const Variable<T>> parts, int axis) {
  check_not_empty("stack", parts);
  const Shape& first = parts[0].shape();
  const std::size_t k = resolve_axis("stack", axis, first.rank() + 1);
  for (const Variable<T>& part : parts) {
    if (part.shape() != first) {
      throw_shape_error("stack", "shapes differ", {{"first", first}, {"other", part.shape()}});
    }
  }
  return join("stack", parts, first.product(0, k), first.insert(k, parts.size()));
}

namespace {

/// Checked row numbers on the tape.
template <Real T, class Index>
std::span<std::size_t> row_numbers(Tape<T>& tape,
                                   std::span<const Index> indices,
                                   std::size_t rows) {
  const auto result = tape.template array<std::size_t>(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto value = static_cast<double>(indices[i]);
    if (!(value >= 0.0 && value < static_cast<double>(rows)) || value != std::floor(value)) {
      throw_argument_error(
          "gather",
          fmt::format("index {} at position {} is not a whole number in [0, {})", value, i, rows));
    }
    result[i] = static_cast<std::size_t>(value);
  }
  return result;
}

template <Real T, class Index>
Variable<T> gather_rows(const Variable<T>& table,
                        std::span<const Index> indices,
                        const Shape& indices_shape) {
  const Shape& shape = table.shape();
  if (shape.rank() == 0) {
    throw_shape_error("gather", "the table needs an axis", {{"table", shape}});
  }
  Shape result = indices_shape;
  for (std::size_t i = 1; i < shape.rank(); ++i) {
    result.append(shape[i]);
  }

  struct Saved {
    const std::size_t* rows;
    std::size_t count;
    std::size_t width;
  };

  const auto rows = row_numbers(table.tape(), indices, shape[0]);
  const Saved saved{rows.data(), rows.size(), shape.product(1, shape.rank())};
  return table.tape().record(
      "gather",
      std::span(&table, 1),
      result,
      [&](TensorView<T> y) {
        const T* const from = table.value().data();
        for (std::size_t i = 0; i < saved.count; ++i) {
          std::copy_n(from + rows[i] * saved.width, saved.width, y.data() + i * saved.width);
        }
      },
      saved,
      [](const Gradients<T>& g, const Saved& s) {
        if (const auto dx = g.of(0)) {
          for (std::size_t i = 0; i < s.count; ++i) {
            kernels::add_into(
                g.grad().data() + i * s.width, dx.data() + s.rows[i] * s.width, s.width);
          }
        }
      });
}

}  // namespace

template <Real T>
Variable<T> gather(const Variable<T>& table, std::type_identity_t<TensorView<const T>> indices) {
  return gather_rows(table, indices.span(), indices.shape());
}

template <Real T>
Variable<T> gather(const Variable<T>& table, std::span<const std::int32_t> indices) {
  return gather_rows(table, indices, Shape{indices.size()});
}

#define RONDO_INSTANTIATE(T)                                                         \
  template Variable<T> reshape(const Variable<T>&, const Shape&);                    \
  template Variable<T> transpose(const Variable<T>&, std::initializer_list<int>);    \
  template Variable<T> slice(const Variable<T>&, int, std::size_t, std::size_t);     \
  template Variable<T> select(const Variable<T>&, int, std::size_t);                 \
  template std::span<const Variable<T>> split(const Variable<T>&, std::size_t, int); \
  template Variable<T> concat(std::span<const Variable<T>>, int);                    \
  template Variable<T> stack(std::span<const Variable<T>>, int);                     \
  template Variable<T> gather(const Variable<T>&, TensorView<const T>);              \
  template Variable<T> gather(const Variable<T>&, std::span<const std::int32_t>);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
