/// The kernels of the GRU, compiled once per instruction set.
#include "rondo/core/kernels/gru.hpp"

#include "rondo/core/kernels/gru_backward.hpp"
#include "rondo/core/kernels/gru_forward.hpp"
#include "rondo/core/kernels/gru_inputs.hpp"
#include "rondo/core/kernels/gru_weights.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

template <class T>
void pack(const T* m, std::size_t ld, std::size_t rows, std::size_t cols, T* panels) {
  for (std::size_t row = 0; row < rows; ++row) {
    to_panels<T>(m + row * ld, nullptr, cols, panels, rows, row);
  }
}

template <class T>
void pack_transposed(const T* m, std::size_t ld, std::size_t rows, std::size_t cols, T* panels) {
  constexpr std::size_t w = panel_width<T>;
  for (std::size_t p = 0; p < rows; p += w) {
    for (std::size_t col = 0; col < cols; ++col) {
      T* const to = panels + p * cols + col * w;
      for (std::size_t i = 0; i < w; ++i) {
        to[i] = p + i < rows ? m[(p + i) * ld + col] : T{0};
      }
    }
  }
}

template <class T>
void apply(GateFunction f, T* x, std::size_t n) {
  function<T>(f).apply(x, n);
}

template <class T>
void forward(const GruCall<T>& call,
             const GruResult<T>& result,
             std::size_t first,
             std::size_t last) {
  ForwardLoop<T>(call, result, first, last).run();
}

template <class T>
void backward(const GruCall<T>& call,
              const GruRule<T>& rule,
              std::size_t begin,
              std::size_t end,
              std::size_t first,
              std::size_t last) {
  BackwardLoop<T>(call, rule, begin, end, first, last).run();
}

template <class T>
constexpr GruTable<T> table{.width = panel_width<T>,
                            .max_rows = simd::max_rows<simd::Vector<T>>,
                            .pack = pack<T>,
                            .pack_transposed = pack_transposed<T>,
                            .apply = apply<T>,
                            .forward = forward<T>,
                            .backward = backward<T>,
                            .weights = weight_gradients<T>,
                            .inputs = input_gradients<T>};

}  // namespace vectorized

}  // namespace

template <class T>
template <InstructionSet>
const GruTable<T>& GruTable<T>::of() noexcept {
  return vectorized::table<T>;
}

template const GruTable<float>& GruTable<float>::of<simd::this_set>() noexcept;
template const GruTable<double>& GruTable<double>::of<simd::this_set>() noexcept;

}  // namespace rondo::kernels
