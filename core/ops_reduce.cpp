#include "rondo/core/ops_reduce.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/error.hpp"
#include "rondo/core/kernels/reduce.hpp"
#include "rondo/core/ops_elementwise.hpp"
#include "rondo/core/ops_shape.hpp"

namespace rondo {

Axes::Axes(std::initializer_list<int> axes) : count_(axes.size()) {
  if (axes.size() > axes_.size()) {
    throw_argument_error("axes", fmt::format("at most 4 are possible, got {}", axes.size()));
  }
  std::copy(axes.begin(), axes.end(), axes_.begin());
}

namespace {

/// Which axes are reduced; none named means all.
std::array<bool, Shape::max_rank> reduced_axes(const char* op, Axes axes, const Shape& shape) {
  std::array<bool, Shape::max_rank> reduced{};
  for (const int axis : axes.span()) {
    bool& flag = reduced[resolve_axis(op, axis, shape.rank())];
    if (flag) {
      throw_argument_error(op, fmt::format("axis {} is named twice", axis));
    }
    flag = true;
  }
  if (axes.span().empty()) {
    reduced.fill(true);
  }
  return reduced;
}

/// A run of neighbouring reduced axes: the tensor as [outer, n, inner].
struct AxisRun {
  std::size_t outer;
  std::size_t n;
  std::size_t inner;
};

/// Applies `reduce(x, run, shape)` to each run of neighbouring reduced axes, last one first.
template <Real T, class Reduce>
Variable<T> for_each_run(
    const char* op, const Variable<T>& x, Axes axes, ReduceOptions options, Reduce reduce) {
  const Shape shape = x.shape();
  const auto reduced = reduced_axes(op, axes, shape);
  Variable<T> result = x;
  Shape kept = shape;
  for (std::size_t end = shape.rank(); end > 0; --end) {
    if (!reduced[end - 1]) {
      continue;
    }
    std::size_t begin = end - 1;
    while (begin > 0 && reduced[begin - 1]) {
      --begin;
    }
    const AxisRun run{
        kept.product(0, begin), kept.product(begin, end), kept.product(end, kept.rank())};
    for (std::size_t axis = begin; axis < end; ++axis) {
      kept = kept.with_dim(axis, 1);
    }
    result = reduce(result, run, kept);
    end = begin + 1;
  }
  if (options.keep_dims) {
    return result;
  }
  Shape dropped;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (!reduced[axis]) {
      dropped.append(shape[axis]);
    }
  }
  return reshape(result, dropped);
}

void check_not_empty(const char* op, const Shape& shape) {
  if (shape.size() == 0) {
    throw_argument_error(op, fmt::format("x {} has no elements", to_string(shape)));
  }
}

template <auto forward, Real T>
Variable<T> extremum(OpName name, const Variable<T>& x, const AxisRun& run, const Shape& shape) {
  return x.tape().record(
      name,
      std::span(&x, 1),
      shape,
      [&](TensorView<T> y) { forward(x.value().data(), run.outer, run.n, run.inner, y.data()); },
      run,
      [](const Gradients<T>& g, const AxisRun& r) {
        if (const auto dx = g.of(0)) {
          kernels::extremum_backward(g.input(0).data(),
                                     g.value().data(),
                                     g.grad().data(),
                                     r.outer,
                                     r.n,
                                     r.inner,
                                     dx.data());
        }
      });
}

}  // namespace

namespace {

/// The sum, on behalf of `op`, which is named in errors.
template <Real T>
Variable<T> sum_for(const char* op, const Variable<T>& x, Axes axes, ReduceOptions options) {
  return for_each_run(
      op, x, axes, options, [](const Variable<T>& v, const AxisRun& run, const Shape& shape) {
        return v.tape().record(
            "sum",
            std::span(&v, 1),
            shape,
            [&](TensorView<T> y) {
              kernels::sum(v.value().data(), run.outer, run.n, run.inner, y.data());
            },
            run,
            [](const Gradients<T>& g, const AxisRun& r) {
              if (const auto dx = g.of(0)) {
                kernels::sum_backward(g.grad().data(), T{1}, r.outer, r.n, r.inner, dx.data());
              }
            });
      });
}

}  // namespace

template <Real T>
Variable<T> sum(const Variable<T>& x, Axes axes, ReduceOptions options) {
  return sum_for("sum", x, axes, options);
}

template <Real T>
Variable<T> mean(const Variable<T>& x, Axes axes, ReduceOptions options) {
  check_not_empty("mean", x.shape());
  const auto total = sum_for("mean", x, axes, options);
  const std::size_t count = x.shape().size() / total.shape().size();
  return scale_shift(total, 1.0 / static_cast<double>(count), 0.0);
}

template <Real T>
Variable<T> max(const Variable<T>& x, Axes axes, ReduceOptions options) {
  check_not_empty("max", x.shape());
  return for_each_run(
      "max", x, axes, options, [](const Variable<T>& v, const AxisRun& run, const Shape& shape) {
        return extremum<kernels::maximum<T>>("max", v, run, shape);
      });
}

template <Real T>
Variable<T> min(const Variable<T>& x, Axes axes, ReduceOptions options) {
  check_not_empty("min", x.shape());
  return for_each_run(
      "min", x, axes, options, [](const Variable<T>& v, const AxisRun& run, const Shape& shape) {
        return extremum<kernels::minimum<T>>("min", v, run, shape);
      });
}

/// Declared in tape.hpp, which knows no ops.
template <Real T>
Variable<T> total_loss(const Variable<T>& loss) {
  if (loss.shape().size() != 1) {
    throw_shape_error("total_loss", "the loss must have one element", {{"loss", loss.shape()}});
  }
  Variable<T> total = loss;
  for (const Variable<T>& penalty : loss.tape().losses()) {
    total = total + reshape(penalty, total.shape());
  }
  return total;
}

#define RONDO_INSTANTIATE(T)                                          \
  template Variable<T> sum(const Variable<T>&, Axes, ReduceOptions);  \
  template Variable<T> mean(const Variable<T>&, Axes, ReduceOptions); \
  template Variable<T> max(const Variable<T>&, Axes, ReduceOptions);  \
  template Variable<T> min(const Variable<T>&, Axes, ReduceOptions);  \
  template Variable<T> total_loss(const Variable<T>&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
