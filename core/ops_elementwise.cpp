#include "rondo/core/ops_elementwise.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rondo/core/detail/broadcast.hpp"
#include "rondo/core/detail/ops_unary.hpp"
#include "rondo/core/error.hpp"
#include "rondo/core/kernels/formulas.hpp"

namespace rondo {

namespace {

template <Real T, class Formula>
void binary_forward(TensorView<const T> a, TensorView<const T> b, TensorView<T> y) {
  const BroadcastPlan plan(a.shape(), b.shape(), y.shape());
  plan.for_each_row([&](std::size_t row_a, std::size_t row_b, std::size_t row_y) {
    kernels::binary(Formula{},
                    a.data() + row_a,
                    plan.stride_a(),
                    b.data() + row_b,
                    plan.stride_b(),
                    y.data() + row_y,
                    plan.row_size());
  });
}

template <Real T, class Formula>
void binary_rule(const Gradients<T>& g) {
  const auto a = g.input(0);
  const auto b = g.input(1);
  const auto y = g.value();
  const auto dy = g.grad();
  const auto da = g.of(0);
  const auto db = g.of(1);
  const BroadcastPlan plan(a.shape(), b.shape(), y.shape());
  plan.for_each_row([&](std::size_t row_a, std::size_t row_b, std::size_t row_y) {
    const T* const pa = a.data() + row_a;
    const T* const pb = b.data() + row_b;
    const T* const py = y.data() + row_y;
    const T* const pdy = dy.data() + row_y;
    const std::size_t n = plan.row_size();
    if (da) {
      kernels::binary_backward_left(
          Formula{}, pa, plan.stride_a(), pb, plan.stride_b(), py, pdy, da.data() + row_a, n);
    }
    if (db) {
      kernels::binary_backward_right(
          Formula{}, pa, plan.stride_a(), pb, plan.stride_b(), py, pdy, db.data() + row_b, n);
    }
  });
}

template <class Formula, Real T>
Variable<T> binary(OpName name, const Variable<T>& a, const Variable<T>& b) {
  return a.tape().record(
      name,
      std::array{a, b},
      broadcast_shape(name.text(), a.shape(), b.shape()),
      [&](TensorView<T> y) { binary_forward<T, Formula>(a.value(), b.value(), y); },
      [](const Gradients<T>& g) { binary_rule<T, Formula>(g); });
}

/// Whether x has this shape once it is repeated along new axes and axes of size 1.
bool expands_to(const Shape& x, const Shape& shape) {
  const auto same_or_one = [](std::size_t from, std::size_t to) { return from == to || from == 1; };
  return x.rank() <= shape.rank() &&
         std::equal(x.begin(), x.end(), shape.end() - x.rank(), same_or_one);
}

/// Copies to `chosen` where the condition holds, a row of the result at a time.
template <Real T>
void select_rows(TensorView<const bool> condition, const T* a, const T* b, TensorView<T> y) {
  const BroadcastPlan plan(condition.shape(), y.shape(), y.shape());
  plan.for_each_row([&](std::size_t row_c, std::size_t, std::size_t row) {
    const bool* const c = condition.data() + row_c;
    for (std::size_t i = 0; i < plan.row_size(); ++i) {
      y[row + i] = c[i * plan.stride_a()] ? a[row + i] : b[row + i];
    }
  });
}

/// dx += dy where the condition equals `wanted`
template <Real T>
void add_where(TensorView<const bool> condition, bool wanted, TensorView<const T> dy, T* dx) {
  const BroadcastPlan plan(condition.shape(), dy.shape(), dy.shape());
  plan.for_each_row([&](std::size_t row_c, std::size_t, std::size_t row) {
    const bool* const c = condition.data() + row_c;
    for (std::size_t i = 0; i < plan.row_size(); ++i) {
      dx[row + i] += c[i * plan.stride_a()] == wanted ? dy[row + i] : T{0};
    }
  });
}

}  // namespace

template <Real T>
Variable<T> operator+(const Variable<T>& a, const Variable<T>& b) {
  return binary<kernels::Add>("add", a, b);
}

template <Real T>
Variable<T> operator-(const Variable<T>& a, const Variable<T>& b) {
  return binary<kernels::Subtract>("subtract", a, b);
}

template <Real T>
Variable<T> operator*(const Variable<T>& a, const Variable<T>& b) {
  return binary<kernels::Multiply>("multiply", a, b);
}

template <Real T>
Variable<T> operator/(const Variable<T>& a, const Variable<T>& b) {
  return binary<kernels::Divide>("divide", a, b);
}

template <Real T>
Variable<T> maximum(const Variable<T>& a, const Variable<T>& b) {
  return binary<kernels::Maximum>("maximum", a, b);
}

template <Real T>
Variable<T> minimum(const Variable<T>& a, const Variable<T>& b) {
  return binary<kernels::Minimum>("minimum", a, b);
}

template <Real T>
Variable<T> pow(const Variable<T>& a, const Variable<T>& b) {
  return binary<kernels::Power>("pow", a, b);
}

template <Real T>
Variable<T> scale_shift(const Variable<T>& x, double scale, double shift) {
  return detail::unary("scale_shift", x, kernels::ScaleShift{scale, shift});
}

template <Real T>
Variable<T> exp(const Variable<T>& x) {
  return detail::unary("exp", x, kernels::Exp{});
}

template <Real T>
Variable<T> log(const Variable<T>& x) {
  return detail::unary("log", x, kernels::Log{});
}

template <Real T>
Variable<T> sqrt(const Variable<T>& x) {
  return detail::unary("sqrt", x, kernels::Sqrt{});
}

template <Real T>
Variable<T> square(const Variable<T>& x) {
  return detail::unary("square", x, kernels::Square{});
}

template <Real T>
Variable<T> abs(const Variable<T>& x) {
  return detail::unary("abs", x, kernels::Abs{});
}

template <Real T>
Variable<T> sin(const Variable<T>& x) {
  return detail::unary("sin", x, kernels::Sin{});
}

template <Real T>
Variable<T> cos(const Variable<T>& x) {
  return detail::unary("cos", x, kernels::Cos{});
}

template <Real T>
Variable<T> sign(const Variable<T>& x) {
  return detail::unary("sign", x, kernels::Sign{});
}

template <Real T>
Variable<T> tanh(const Variable<T>& x) {
  return detail::unary("tanh", x, kernels::Tanh{});
}

template <Real T>
Variable<T> sigmoid(const Variable<T>& x) {
  return detail::unary("sigmoid", x, kernels::Sigmoid{});
}

template <Real T>
Variable<T> clip(const Variable<T>& x, double low, double high) {
  if (!(low <= high)) {
    throw_argument_error("clip", fmt::format("low must not exceed high, got {} and {}", low, high));
  }
  return detail::unary("clip", x, kernels::Clip{low, high});
}

template <Real T>
Variable<T> where(TensorView<const bool> condition, const Variable<T>& a, const Variable<T>& b) {
  const Shape branches = broadcast_shape("where", a.shape(), b.shape());
  const Shape shape =
      broadcast_shape("where", condition.shape(), branches, "condition", "branches");
  const auto wide_a = broadcast_to(a, shape);
  const auto wide_b = broadcast_to(b, shape);
  const auto kept = a.tape().template array<bool>(condition.size());
  std::copy(condition.begin(), condition.end(), kept.begin());

  struct Saved {
    const bool* condition;
    Shape shape;
  };

  return a.tape().record(
      "where",
      std::array{wide_a, wide_b},
      shape,
      [&](TensorView<T> y) {
        select_rows(condition, wide_a.value().data(), wide_b.value().data(), y);
      },
      Saved{kept.data(), condition.shape()},
      [](const Gradients<T>& g, const Saved& saved) {
        const TensorView<const bool> chosen(saved.condition, saved.shape);
        if (const auto da = g.of(0)) {
          add_where(chosen, true, g.grad(), da.data());
        }
        if (const auto db = g.of(1)) {
          add_where(chosen, false, g.grad(), db.data());
        }
      });
}

template <Real T>
Variable<T> broadcast_to(const Variable<T>& x, const Shape& shape) {
  if (x.shape() == shape) {
    return x;
  }
  if (!expands_to(x.shape(), shape)) {
    throw_shape_error("broadcast_to", "x does not fit", {{"x", x.shape()}, {"shape", shape}});
  }
  const T one{1};
  const TensorView<const T> ones(&one, Shape{});
  return x.tape().record(
      "broadcast_to",
      std::span(&x, 1),
      shape,
      [&](TensorView<T> y) { binary_forward<T, kernels::Multiply>(x.value(), ones, y); },
      [](const Gradients<T>& g) {
        const auto dx = g.of(0);
        const BroadcastPlan plan(dx.shape(), Shape{}, g.value().shape());
        plan.for_each_row([&](std::size_t row_x, std::size_t, std::size_t row_y) {
          for (std::size_t i = 0; i < plan.row_size(); ++i) {
            dx[row_x + i * plan.stride_a()] += g.grad()[row_y + i];
          }
        });
      });
}

#define RONDO_INSTANTIATE(T)                                                                  \
  template Variable<T> operator+(const Variable<T>&, const Variable<T>&);                     \
  template Variable<T> operator-(const Variable<T>&, const Variable<T>&);                     \
  template Variable<T> operator*(const Variable<T>&, const Variable<T>&);                     \
  template Variable<T> operator/(const Variable<T>&, const Variable<T>&);                     \
  template Variable<T> maximum(const Variable<T>&, const Variable<T>&);                       \
  template Variable<T> minimum(const Variable<T>&, const Variable<T>&);                       \
  template Variable<T> pow(const Variable<T>&, const Variable<T>&);                           \
  template Variable<T> scale_shift(const Variable<T>&, double, double);                       \
  template Variable<T> exp(const Variable<T>&);                                               \
  template Variable<T> log(const Variable<T>&);                                               \
  template Variable<T> sqrt(const Variable<T>&);                                              \
  template Variable<T> square(const Variable<T>&);                                            \
  template Variable<T> abs(const Variable<T>&);                                               \
  template Variable<T> sin(const Variable<T>&);                                               \
  template Variable<T> cos(const Variable<T>&);                                               \
  template Variable<T> sign(const Variable<T>&);                                              \
  template Variable<T> tanh(const Variable<T>&);                                              \
  template Variable<T> sigmoid(const Variable<T>&);                                           \
  template Variable<T> clip(const Variable<T>&, double, double);                              \
  template Variable<T> where(TensorView<const bool>, const Variable<T>&, const Variable<T>&); \
  template Variable<T> broadcast_to(const Variable<T>&, const Shape&);
RONDO_INSTANTIATE(float)
RONDO_INSTANTIATE(double)
#undef RONDO_INSTANTIATE

}  // namespace rondo
