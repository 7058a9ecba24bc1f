#include "rondo/optim/detail/check_options.hpp"

#include <cmath>

#include <fmt/format.h>

#include "rondo/core/error.hpp"

namespace rondo::detail {

namespace {

void check(bool valid,
           std::string_view type,
           std::string_view option,
           std::string_view range,
           double value) {
  if (!valid) {
    throw_argument_error(type, fmt::format("{} must {}, got {}", option, range, value));
  }
}

}  // namespace

void check_finite(std::string_view type, std::string_view option, double value) {
  check(std::isfinite(value), type, option, "be finite", value);
}

void check_positive(std::string_view type, std::string_view option, double value) {
  check(std::isfinite(value) && value > 0.0, type, option, "be finite and positive", value);
}

void check_not_negative(std::string_view type, std::string_view option, double value) {
  check(std::isfinite(value) && value >= 0.0, type, option, "be finite and not negative", value);
}

void check_share(std::string_view type, std::string_view option, double value) {
  check(value >= 0.0 && value <= 1.0, type, option, "lie in [0, 1]", value);
}

void check_decay(std::string_view type, std::string_view option, double value) {
  check(value >= 0.0 && value < 1.0, type, option, "lie in [0, 1)", value);
}

void check_not_positive(std::string_view type, std::string_view option, double value) {
  check(std::isfinite(value) && value <= 0.0, type, option, "be finite and not positive", value);
}

}  // namespace rondo::detail
