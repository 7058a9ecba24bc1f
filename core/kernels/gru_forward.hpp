/// The forward loop of the GRU. For kernel sources only (D9).
#pragma once

#include "rondo/core/kernels/gru_tiles.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

/// One call of the forward kernel.
template <class T>
class ForwardLoop {
 public:
  ForwardLoop(const GruCall<T>& call,
              const GruResult<T>& result,
              std::size_t first,
              std::size_t last)
      : call_(call),
        result_(result),
        places_(call),
        tiles_(sample_tiling<T>(call.batch)),
        gate_(function<T>(call.recurrent_activation)),
        candidate_(function<T>(call.activation)),
        first_(first),
        last_(last) {}

  void run() {
    load_initial_state();
    if (call_.inputs_first) {
      multiply_inputs();
    }
    for (std::size_t i = 0; i < call_.steps; ++i) {
      if (!call_.inputs_first) {
        pack_inputs(call_, i, first_, last_, call_.x_panels, call_.batch, 0);
      }
      mask_states(call_, i, first_, last_, call_.h_panels, call_.batch, 0);
      const std::size_t panels = panels_of<T>(call_.units);
      for (std::size_t j = 0; j < panels; ++j) {
        call_.reset_after ? step_after(i, j) : gates_before(i, j);
      }
      for (std::size_t j = 0; !call_.reset_after && j < panels; ++j) {
        candidate_before(i, j);
      }
    }
    store_last();
  }

 private:
  using V = simd::Vector<T>;
  static constexpr std::size_t w = panel_width<T>;

  template <class F>
  void for_rows(F f) {
    tiles_.for_each(first_, last_, f);
  }

  template <std::size_t count>
  void multiply(const std::array<ProductSum<T>, count>& sums) {
    vectorized::multiply(tiles_, first_, last_, sums);
  }

  void load_initial_state() {
    for (std::size_t n = first_; n < last_; ++n) {
      if (call_.initial_state != nullptr) {
        to_panels<T>(call_.initial_state + n * call_.units,
                     nullptr,
                     call_.units,
                     call_.states,
                     places_.state_rows,
                     n);
      } else {
        zero_in_panels(call_.units, call_.states, places_.state_rows, n);
      }
    }
  }

  /// z, r and ĥ before their recurrent parts, for all steps.
  void multiply_inputs() {
    for (std::size_t i = 0; i < call_.steps; ++i) {
      pack_inputs(call_, i, 0, call_.batch, call_.x_panels, x_rows(), i * call_.batch);
    }
    for (std::size_t j = 0; j < panels_of<T>(call_.units); ++j) {
      for (std::size_t g = 0; g < gru_gates; ++g) {
        vectorized::multiply<simd::Chains::one>(  // padding a sequence must not change a bit
            tiling<T>(x_rows()),
            0,
            x_rows(),
            std::array{ProductSum<T>{bias(g, j), 0, saved(g, 0, j, 0), 1, {inputs(g, j)}}});
      }
    }
  }

  std::size_t x_rows() const { return call_.inputs_first ? places_.gate_rows : call_.batch; }

  Factors<T> inputs(std::size_t g, std::size_t j) const {
    const std::size_t v = variant(call_.input_masks, g);
    return {call_.x_panels + v * size_in_panels<T>(x_rows(), call_.features),
            x_rows(),
            call_.weights.kernel[g] + j * call_.features * w,
            call_.features};
  }

  Factors<T> state(std::size_t i, std::size_t g, std::size_t j) const {
    const T* const u = call_.weights.recurrent[g] + j * call_.units * w;
    if (call_.state_masks[0] == nullptr) {
      return {call_.states + places_.state(i, 0, 0), places_.state_rows, u, call_.units};
    }
    return {masked_state(variant(call_.state_masks, g)), call_.batch, u, call_.units};
  }

  T* masked_state(std::size_t v) const {
    return call_.h_panels + v * size_in_panels<T>(call_.batch, call_.units);
  }

  /// r ∘ h, the left factor of the candidate's product without reset_after.
  T* reset_state() const { return masked_state(count_masks(call_.state_masks)); }

  const T* bias(std::size_t slot, std::size_t j) const { return call_.weights.bias[slot] + j * w; }

  T* saved(std::size_t slot, std::size_t i, std::size_t j, std::size_t n) const {
    return call_.gates[slot] + places_.gate(i, n, j);
  }

  /// [rows, w] of the state that z keeps.
  const T* kept_state(std::size_t i, std::size_t j, std::size_t n) const {
    return call_.legacy_masked_carry ? masked_state(0) + (j * call_.batch + n) * w
                                     : call_.states + places_.state(i, n, j);
  }

  /// b_g + x K_g + the term of `recurrent`.
  ProductSum<T> gate_sum(std::size_t g,
                         std::size_t i,
                         std::size_t j,
                         const Factors<T>& recurrent) const {
    T* const out = saved(g, i, j, 0);
    return call_.inputs_first ? ProductSum<T>{out, w, out, 1, {recurrent}}
                              : ProductSum<T>{bias(g, j), 0, out, 2, {inputs(g, j), recurrent}};
  }

  /// z or r before ρ.
  ProductSum<T> gate_sum(std::size_t g, std::size_t i, std::size_t j) const {
    return gate_sum(g, i, j, state(i, g, j));
  }

  /// A whole step of one panel of units.
  void step_after(std::size_t i, std::size_t j) {
    const ProductSum<T> recurrent{
        bias(Slot::q, j), 0, saved(Slot::q, i, j, 0), 1, {state(i, Slot::candidate, j)}};
    if (call_.inputs_first) {
      multiply(std::array{gate_sum(Slot::z, i, j), gate_sum(Slot::r, i, j), recurrent});
    } else {
      const ProductSum<T> input{bias(Slot::candidate, j),
                                0,
                                saved(Slot::candidate, i, j, 0),
                                1,
                                {inputs(Slot::candidate, j)}};
      multiply(std::array{gate_sum(Slot::z, i, j), gate_sum(Slot::r, i, j), input, recurrent});
    }
    for_rows([&](std::size_t n, std::size_t rows) {
      T* const r = saved(Slot::r, i, j, n);
      T* const c = saved(Slot::candidate, i, j, n);
      const T* const q = saved(Slot::q, i, j, n);
      const std::size_t count = rows * w;
      gate_.apply(saved(Slot::z, i, j, n), count);
      gate_.apply(r, count);
      for_vectors<T>(
          count, [=](std::size_t k) { (load(c + k) + load(r + k) * load(q + k)).store(c + k); });
      candidate_.apply(c, count);
      blend(i, j, n, rows);
    });
  }

  /// z, r and r ∘ h.
  void gates_before(std::size_t i, std::size_t j) {
    multiply(std::array{gate_sum(Slot::z, i, j), gate_sum(Slot::r, i, j)});
    const T* const state =
        call_.state_masks[0] == nullptr
            ? call_.states + places_.state(i, 0, j)
            : masked_state(variant(call_.state_masks, Slot::candidate)) + j * call_.batch * w;
    for_rows([&](std::size_t n, std::size_t rows) {
      T* const r = saved(Slot::r, i, j, n);
      const T* const h = state + n * w;
      T* const s = reset_state() + (j * call_.batch + n) * w;
      const std::size_t count = rows * w;
      gate_.apply(saved(Slot::z, i, j, n), count);
      gate_.apply(r, count);
      for_vectors<T>(count, [=](std::size_t k) { (load(r + k) * load(h + k)).store(s + k); });
    });
  }

  void candidate_before(std::size_t i, std::size_t j) {
    const Factors<T> recurrent{reset_state(),
                               call_.batch,
                               call_.weights.recurrent[Slot::candidate] + j * call_.units * w,
                               call_.units};
    multiply(std::array{gate_sum(Slot::candidate, i, j, recurrent)});
    for_rows([&](std::size_t n, std::size_t rows) {
      candidate_.apply(saved(Slot::candidate, i, j, n), rows * w);
      blend(i, j, n, rows);
    });
  }

  /// h' = z ∘ h + (1 − z) ∘ ĥ, except where the step is masked; and the outputs.
  void blend(std::size_t i, std::size_t j, std::size_t n, std::size_t rows) {
    const T* const z = saved(Slot::z, i, j, n);
    const T* const c = saved(Slot::candidate, i, j, n);
    const T* const h = kept_state(i, j, n);
    T* const next = call_.states + places_.state(i + 1, n, j);
    for_vectors<T>(rows * w, [=](std::size_t k) {
      const V keep = load(z + k);
      (keep * load(h + k) + (V(T{1}) - keep) * load(c + k)).store(next + k);
    });
    if (call_.mask.data != nullptr) {
      const T* const before = call_.states + places_.state(i, n, j);
      for (std::size_t row = 0; row < rows; ++row) {
        if (is_masked(call_, n + row, i)) {
          copy(before + row * w, next + row * w, w);
        }
      }
    }
    if (result_.outputs.data != nullptr) {
      for (std::size_t row = 0; row < rows; ++row) {
        show(i, j, n + row, next + row * w, result_.outputs.at(n + row, i));
      }
    }
  }

  /// The part of an output [H] that panel j makes.
  void show(std::size_t i, std::size_t j, std::size_t n, const T* state, T* output) const {
    const std::size_t count = panel_columns<T>(call_.units, j);
    if (shows_state(call_, n, i)) {
      copy(state, output + j * w, count);
    } else {
      fill(output + j * w, count, T{0});
    }
  }

  void store_last() const {
    for (std::size_t j = 0; j < panels_of<T>(call_.units); ++j) {
      const std::size_t count = panel_columns<T>(call_.units, j);
      for (std::size_t n = first_; n < last_; ++n) {
        const T* const state = call_.states + places_.state(call_.steps, n, j);
        if (result_.last_output != nullptr) {
          show(call_.steps - 1, j, n, state, result_.last_output + n * call_.units);
        }
        if (result_.last_state != nullptr) {
          copy(state, result_.last_state + n * call_.units + j * w, count);
        }
      }
    }
  }

  const GruCall<T>& call_;
  const GruResult<T>& result_;
  Places<T> places_;
  Tiling tiles_;
  Function<T> gate_;
  Function<T> candidate_;
  std::size_t first_;
  std::size_t last_;
};

}  // namespace vectorized

}  // namespace

}  // namespace rondo::kernels
