/// The rule of the GRU, a chunk of steps at a time (recurrences of Cho et al. 2014 differentiated
/// by hand; checked against central differences and against the composite). For kernel sources only
/// (D9).
///
/// With G = dL/dh'; products without a matrix are element-wise:
///
///   d_ĥ = G (1 − z) φ'        d_z = G (h − ĥ) ρ'_z        dh = G z + d_z U_zᵀ + d_r U_rᵀ + …
///   reset_after:  d_r = d_ĥ q ρ'_r      d_q = d_ĥ r       … = d_q U_hᵀ
///   otherwise:    s = d_ĥ U_hᵀ          d_r = s h ρ'_r    … = s r
#pragma once

#include "rondo/core/kernels/gru_tiles.hpp"

namespace rondo::kernels {

namespace {

namespace vectorized {

/// One call of the backward kernel: the steps [begin, end) for the samples [first, last).
template <class T>
class BackwardLoop {
 public:
  BackwardLoop(const GruCall<T>& call,
               const GruRule<T>& rule,
               std::size_t begin,
               std::size_t end,
               std::size_t first,
               std::size_t last)
      : call_(call),
        rule_(rule),
        places_(call),
        tiles_(sample_tiling<T>(call.batch)),
        gate_(function<T>(call.recurrent_activation)),
        candidate_(function<T>(call.activation)),
        begin_(begin),
        end_(end),
        first_(first),
        last_(last),
        rows_((end - begin) * call.batch) {}

  void run() {
    if (end_ == call_.steps) {
      load_last_gradients();
    }
    for (std::size_t i = end_; i-- > begin_;) {
      const std::size_t row = (i - begin_) * call_.batch;
      if (rule_.d_kernel != nullptr) {
        pack_inputs(call_, i, first_, last_, rule_.x_panels, rows_, row);
      }
      mask_states(call_, i, first_, last_, rule_.h_panels, rows_, row);
      const std::size_t panels = panels_of<T>(call_.units);
      for (std::size_t j = 0; j < panels; ++j) {
        for_rows([&](std::size_t n, std::size_t rows) { gates(i, j, n, rows); });
      }
      for (std::size_t j = 0; !call_.reset_after && j < panels; ++j) {
        reset_before(i, j);
      }
      for (std::size_t j = 0; j < panels; ++j) {
        state(i, j);
      }
    }
    if (begin_ == 0 && rule_.d_initial_state != nullptr) {
      add_initial_state();
    }
  }

 private:
  using V = simd::Vector<T>;
  static constexpr std::size_t w = panel_width<T>;
  static constexpr std::size_t tile_size = simd::max_rows<V> * w;

  struct alignas(V) Buffer {
    std::array<T, tile_size> values;
  };

  template <class F>
  void for_rows(F f) {
    tiles_.for_each(first_, last_, f);
  }

  T* carry(std::size_t j, std::size_t n) const { return rule_.carry + (j * call_.batch + n) * w; }

  /// d_z, d_r, d_ĥ or d_q of step i.
  T* d_gate(std::size_t slot, std::size_t i, std::size_t j, std::size_t n) const {
    return rule_.d_gates[slot] + (j * rows_ + (i - begin_) * call_.batch + n) * w;
  }

  const T* saved(std::size_t slot, std::size_t i, std::size_t j, std::size_t n) const {
    return call_.gates[slot] + places_.gate(i, n, j);
  }

  /// The state before step i as gate g saw it.
  const T* state_before(std::size_t i, std::size_t g, std::size_t j, std::size_t n) const {
    if (call_.state_masks[0] == nullptr) {
      return call_.states + places_.state(i, n, j);
    }
    return masked_states(variant(call_.state_masks, g)) +
           (j * rows_ + (i - begin_) * call_.batch + n) * w;
  }

  T* masked_states(std::size_t v) const {
    return rule_.h_panels + v * size_in_panels<T>(rows_, call_.units);
  }

  const T* state_mask(std::size_t g, std::size_t j, std::size_t n) const {
    return call_.state_masks[variant(call_.state_masks, g)] + (j * call_.batch + n) * w;
  }

  void load_last_gradients() {
    for (std::size_t n = first_; n < last_; ++n) {
      if (rule_.d_last_state != nullptr) {
        to_panels<T>(rule_.d_last_state + n * call_.units,
                     nullptr,
                     call_.units,
                     rule_.carry,
                     call_.batch,
                     n);
      } else {
        zero_in_panels(call_.units, rule_.carry, call_.batch, n);
      }
      if (rule_.d_last_output != nullptr) {
        add_output(call_.steps - 1, n, rule_.d_last_output + n * call_.units);
      }
    }
  }

  /// The gradient of an output goes to the state that it shows.
  void add_output(std::size_t i, std::size_t n, const T* gradient) {
    if (shows_state(call_, n, i)) {
      for (std::size_t j = 0; j < panels_of<T>(call_.units); ++j) {
        add_output_panel(j, n, gradient);
      }
    }
  }

  void add_output_panel(std::size_t j, std::size_t n, const T* gradient) {
    add_row(gradient + j * w, carry(j, n), panel_columns<T>(call_.units, j));
  }

  void gates(std::size_t i, std::size_t j, std::size_t n, std::size_t rows) {
    if (rule_.d_outputs.data != nullptr) {
      for (std::size_t row = 0; row < rows; ++row) {
        if (shows_state(call_, n + row, i)) {
          add_output_panel(j, n + row, rule_.d_outputs.at(n + row, i));
        }
      }
    }
    Buffer arrived;  // G, which a masked step passes on
    T* const g = carry(j, n);
    const std::size_t count = rows * w;
    const bool masks = call_.mask.data != nullptr;
    if (masks) {
      for_vectors<T>(count, [&](std::size_t k) { load(g + k).store(&arrived.values[k]); });
    }
    candidate_and_update(i, j, n, count);
    if (call_.reset_after) {
      reset_after(i, j, n, count);
    }
    for (std::size_t row = 0; masks && row < rows; ++row) {
      if (is_masked(call_, n + row, i)) {
        pass_on(i, j, n + row, &arrived.values[row * w]);
      }
    }
  }

  void pass_on(std::size_t i, std::size_t j, std::size_t n, const T* arrived) {
    const std::size_t slots = call_.reset_after ? Slot::count : gru_gates;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      fill(d_gate(slot, i, j, n), w, T{0});
    }
    copy(arrived, carry(j, n), w);
  }

  /// d_ĥ, d_z and G z from G.
  void candidate_and_update(std::size_t i, std::size_t j, std::size_t n, std::size_t count) {
    const T* const z = saved(Slot::z, i, j, n);
    const T* const c = saved(Slot::candidate, i, j, n);
    const T* const h = call_.legacy_masked_carry ? state_before(i, Slot::z, j, n)
                                                 : call_.states + places_.state(i, n, j);
    T* const g = carry(j, n);
    T* const d_z = d_gate(Slot::z, i, j, n);
    T* const d_c = d_gate(Slot::candidate, i, j, n);
    for_vectors<T>(count, [=](std::size_t k) {
      const V arrived = load(g + k);
      const V keep = load(z + k);
      (arrived * (load(h + k) - load(c + k))).store(d_z + k);
      (arrived * (V(T{1}) - keep)).store(d_c + k);
      (arrived * keep).store(g + k);
    });
    gate_.scale(z, d_z, count);
    candidate_.scale(c, d_c, count);
  }

  void reset_after(std::size_t i, std::size_t j, std::size_t n, std::size_t count) {
    const T* const r = saved(Slot::r, i, j, n);
    const T* const q = saved(Slot::q, i, j, n);
    const T* const d_c = d_gate(Slot::candidate, i, j, n);
    T* const d_r = d_gate(Slot::r, i, j, n);
    T* const d_q = d_gate(Slot::q, i, j, n);
    for_vectors<T>(count, [=](std::size_t k) {
      const V d = load(d_c + k);
      (d * load(q + k)).store(d_r + k);
      (d * load(r + k)).store(d_q + k);
    });
    gate_.scale(r, d_r, count);
  }

  /// d_r and the candidate's part of dh, which both need s = d_ĥ U_hᵀ.
  void reset_before(std::size_t i, std::size_t j) {
    const Factors<T> factors = recurrent(Slot::candidate, Slot::candidate, i, j);
    multiply(&factors, 1);
    for_rows([&](std::size_t n, std::size_t rows) { reset_before(i, j, n, rows * w); });
  }

  void reset_before(std::size_t i, std::size_t j, std::size_t n, std::size_t count) {
    const T* const ds = rule_.part + n * w;
    const T* const r = saved(Slot::r, i, j, n);
    const T* const h = state_before(i, Slot::candidate, j, n);
    T* const d_r = d_gate(Slot::r, i, j, n);
    T* const g = carry(j, n);
    T* const reset_state = masked_states(count_masks(call_.state_masks)) +
                           (j * rows_ + (i - begin_) * call_.batch + n) * w;
    const bool masked = call_.state_masks[0] != nullptr && !call_.legacy_masked_carry;
    const T* const mask = masked ? state_mask(Slot::candidate, j, n) : nullptr;
    for_vectors<T>(count, [=](std::size_t k) {
      const V d = load(ds + k);
      const V reset = load(r + k);
      (d * load(h + k)).store(d_r + k);
      (reset * load(h + k)).store(reset_state + k);
      const V dh = masked ? d * reset * load(mask + k) : d * reset;
      (load(g + k) + dh).store(g + k);
    });
    gate_.scale(r, d_r, count);
  }

  /// d of a slot times U_gᵀ.
  Factors<T> recurrent(std::size_t slot, std::size_t g, std::size_t i, std::size_t j) const {
    return {d_gate(slot, i, 0, 0),
            rows_,
            rule_.weights.recurrent[g] + j * call_.units * w,
            call_.units};
  }

  /// part = Σ factors
  void multiply(const Factors<T>* factors, std::size_t count) {
    static constexpr std::array<T, w> zeros{};
    ProductSum<T> sum{zeros.data(), 0, rule_.part, count, {}};
    for (std::size_t f = 0; f < count; ++f) {
      sum.factors[f] = factors[f];
    }
    vectorized::multiply(tiles_, first_, last_, std::array{sum});
  }

  /// dh from all gates.
  void state(std::size_t i, std::size_t j) {
    const std::size_t count = call_.reset_after ? 3 : 2;  // otherwise the candidate's is in already
    const std::array<Factors<T>, 3> factors{
        recurrent(Slot::z, Slot::z, i, j),
        recurrent(Slot::r, Slot::r, i, j),
        recurrent(call_.reset_after ? Slot::q : Slot::z, Slot::candidate, i, j)};
    if (call_.state_masks[0] == nullptr || call_.legacy_masked_carry) {
      vectorized::multiply(tiles_,
                           first_,
                           last_,
                           std::array{ProductSum<T>{carry(j, 0), w, carry(j, 0), count, factors}});
      if (call_.legacy_masked_carry) {
        scale_unless_masked(i, j);
      }
      return;
    }
    const std::size_t products = call_.state_masks[1] != nullptr ? count : 1;
    for (std::size_t p = 0; p < products; ++p) {
      multiply(&factors[p], products == 1 ? count : 1);
      T* const g = carry(j, 0);
      const T* const mask = state_mask(p, j, 0);
      const T* const d = rule_.part;
      for (std::size_t k = first_ * w; k < last_ * w; k += V::size) {
        (load(g + k) + load(d + k) * load(mask + k)).store(g + k);
      }
    }
  }

  void scale_unless_masked(std::size_t i, std::size_t j) {
    for (std::size_t n = first_; n < last_; ++n) {
      if (!is_masked(call_, n, i)) {
        T* const g = carry(j, n);
        const T* const mask = state_mask(0, j, n);
        for_vectors<T>(w, [=](std::size_t k) { (load(g + k) * load(mask + k)).store(g + k); });
      }
    }
  }

  void add_initial_state() {
    for (std::size_t n = first_; n < last_; ++n) {
      for (std::size_t c = 0; c < call_.units; ++c) {
        rule_.d_initial_state[n * call_.units + c] += carry(c / w, n)[c % w];
      }
    }
  }

  const GruCall<T>& call_;
  const GruRule<T>& rule_;
  Places<T> places_;
  Tiling tiles_;
  Function<T> gate_;
  Function<T> candidate_;
  std::size_t begin_;
  std::size_t end_;
  std::size_t first_;
  std::size_t last_;
  std::size_t rows_;  // of the chunk's matrices
};

}  // namespace vectorized

}  // namespace

}  // namespace rondo::kernels
