/// Choices that all recurrent layers share.
#pragma once

namespace rondo {

/// Which system's defaults and formulas hold (D21).
enum class Compat { keras3, keras2, tf20, tfjs, v1 };

/// Whether a layer may run as one fused op instead of op by op.
enum class UseFused { automatic, on, off };

}  // namespace rondo
