#include "rondo/layers/initializers.hpp"

#include "rondo/tests/support/check.hpp"

namespace initializers_test {

using namespace rondo;
using namespace rondo::test;

namespace {

template <Real T>
std::vector<T> made(const Initializer& initializer, const Shape& shape, std::uint64_t seed = 3) {
  Tensor<T> weights(shape);
  Rng rng(seed);
  initializer(weights.view(), rng);
  return values<T>(weights.view());
}

struct Moments {
  double mean = 0.0;
  double stddev = 0.0;
  double low = 0.0;
  double high = 0.0;
};

Moments moments(const Initializer& initializer, const Shape& shape) {
  const auto values = made<double>(initializer, shape);
  const auto n = static_cast<double>(values.size());
  Moments result{.low = values[0], .high = values[0]};
  double squares = 0.0;
  for (const double value : values) {
    result.mean += value / n;
    squares += value * value / n;
    result.low = std::min(result.low, value);
    result.high = std::max(result.high, value);
  }
  result.stddev = std::sqrt(squares - result.mean * result.mean);
  return result;
}

/// What variance scaling with a uniform distribution of this limit must draw.
std::vector<double> uniform_draws(double limit, std::size_t n) {
  Rng rng(3);
  std::vector<double> draws(n);
  std::generate(draws.begin(), draws.end(), [&] { return rng.uniform(-limit, limit); });
  return draws;
}

void check_uniform_limit(const VarianceScalingOptions& options, const Shape& shape, double limit) {
  const auto values = made<double>(initializers::variance_scaling(options), shape);
  check_close(std::span<const double>(values), uniform_draws(limit, shape.size()), 1e-15);
}

const Shape large{200, 300};

}  // namespace

BOOST_AUTO_TEST_SUITE(initializers)

BOOST_AUTO_TEST_CASE(are_found_by_snake_case_class_name_and_alias) {
  const std::vector<std::vector<const char*>> names{
      {"zeros", "Zeros", "zero"},
      {"ones", "Ones", "one"},
      {"constant", "Constant"},
      {"identity", "Identity", "IdentityInitializer"},
      {"random_normal", "RandomNormal", "normal"},
      {"truncated_normal", "TruncatedNormal"},
      {"random_uniform", "RandomUniform", "uniform"},
      {"variance_scaling", "VarianceScaling"},
      {"glorot_uniform", "GlorotUniform"},
      {"glorot_normal", "GlorotNormal"},
      {"he_uniform", "HeUniform"},
      {"he_normal", "HeNormal"},
      {"lecun_uniform", "LecunUniform"},
      {"lecun_normal", "LecunNormal"},
      {"orthogonal", "Orthogonal", "OrthogonalInitializer"}};
  for (const auto& same : names) {
    const Initializer first = same[0];
    BOOST_CHECK_EQUAL(first.name(), same[0]);
    for (const char* name : same) {
      BOOST_CHECK_EQUAL(Initializer(name).config(), first.config());
      BOOST_CHECK(made<double>(name, {3, 4}) == made<double>(first, {3, 4}));
    }
  }
}

BOOST_AUTO_TEST_CASE(are_refused_under_an_unknown_name) {
  RONDO_CHECK_THROWS(
      Initializer("glorot"),
      ArgumentError,
      "[initializer] unknown name 'glorot', known are zeros, ones, constant, identity, "
      "random_normal, truncated_normal, random_uniform, variance_scaling, glorot_uniform, "
      "glorot_normal, glorot_normal_tfjs, he_uniform, he_normal, he_normal_tfjs, lecun_uniform, "
      "lecun_normal, lecun_normal_tfjs, orthogonal");
}

BOOST_AUTO_TEST_CASE(write_keras_serialised_form) {
  using namespace rondo::initializers;
  const std::vector<std::pair<Initializer, const char*>> cases{
      {zeros(), R"({"class_name":"Zeros","config":{}})"},
      {constant(0.5), R"({"class_name":"Constant","config":{"value":0.5}})"},
      {identity(2.0), R"({"class_name":"Identity","config":{"gain":2.0}})"},
      {random_normal(1.0, 0.5),
       R"({"class_name":"RandomNormal","config":{"mean":1.0,"stddev":0.5}})"},
      {truncated_normal(),
       R"({"class_name":"TruncatedNormal","config":{"mean":0.0,"stddev":0.05}})"},
      {random_uniform(),
       R"({"class_name":"RandomUniform","config":{"minval":-0.05,"maxval":0.05}})"},
      {variance_scaling({.scale = 2.0,
                         .mode = FanMode::fan_out,
                         .distribution = Distribution::untruncated_normal}),
       R"({"class_name":"VarianceScaling","config":)"
       R"({"scale":2.0,"mode":"fan_out","distribution":"untruncated_normal"}})"},
      {variance_scaling({.mode = FanMode::fan_avg, .distribution = Distribution::uniform}),
       R"({"class_name":"VarianceScaling","config":)"
       R"({"scale":1.0,"mode":"fan_avg","distribution":"uniform"}})"},
      {variance_scaling(),
       R"({"class_name":"VarianceScaling","config":)"
       R"({"scale":1.0,"mode":"fan_in","distribution":"truncated_normal"}})"},
      {he_normal(), R"({"class_name":"HeNormal","config":{}})"},
      {orthogonal(0.5), R"({"class_name":"Orthogonal","config":{"gain":0.5}})"}};
  for (const auto& [initializer, text] : cases) {
    BOOST_CHECK_EQUAL(initializer.config(), text);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(fill_with_constants, T, RealTypes) {
  BOOST_CHECK(made<T>("zeros", {2}) == std::vector<T>({0, 0}));
  BOOST_CHECK(made<T>("ones", {2}) == std::vector<T>({1, 1}));
  BOOST_CHECK(made<T>(rondo::initializers::constant(-2.5), {2}) == std::vector<T>({-2.5, -2.5}));
  BOOST_CHECK(made<T>("identity", {2, 3}) == std::vector<T>({1, 0, 0, 0, 1, 0}));
  BOOST_CHECK(made<T>(rondo::initializers::identity(3.0), {3, 2}) ==
              std::vector<T>({3, 0, 0, 3, 0, 0}));
}

BOOST_AUTO_TEST_CASE(draw_from_the_normal_and_uniform_distributions) {
  const Moments normal = moments(rondo::initializers::random_normal(1.0, 0.5), large);
  BOOST_CHECK_SMALL(normal.mean - 1.0, 0.01);
  BOOST_CHECK_CLOSE(normal.stddev, 0.5, 1.0);
  const Moments truncated = moments(rondo::initializers::truncated_normal(-1.0, 0.5), large);
  BOOST_CHECK_SMALL(truncated.mean + 1.0, 0.01);
  BOOST_CHECK_CLOSE(truncated.stddev, 0.5 * 0.87962566103423978, 1.0);
  BOOST_CHECK_GE(truncated.low, -2.0);
  BOOST_CHECK_LE(truncated.high, 0.0);
  const Moments uniform = moments(rondo::initializers::random_uniform(1.0, 3.0), large);
  BOOST_CHECK_SMALL(uniform.mean - 2.0, 0.01);
  BOOST_CHECK_CLOSE(uniform.stddev, 2.0 / std::sqrt(12.0), 1.0);
  BOOST_CHECK_GE(uniform.low, 1.0);
  BOOST_CHECK_LT(uniform.high, 3.0);
}

BOOST_AUTO_TEST_CASE(of_uniform_variance_scaling_have_keras_limits) {
  // 200 rows are fan_in, 300 columns are fan_out.
  const std::vector<std::pair<const char*, double>> cases{{"glorot_uniform", std::sqrt(6.0 / 500)},
                                                          {"he_uniform", std::sqrt(6.0 / 200)},
                                                          {"lecun_uniform", std::sqrt(3.0 / 200)}};
  for (const auto& [name, limit] : cases) {
    const Moments m = moments(name, large);
    BOOST_CHECK_GE(m.low, -limit);
    BOOST_CHECK_LE(m.high, limit);
    BOOST_CHECK_CLOSE(m.low, -limit, 0.1);
    BOOST_CHECK_CLOSE(m.high, limit, 0.1);
    BOOST_CHECK_CLOSE(m.stddev, limit / std::sqrt(3.0), 1.0);
  }
}

BOOST_AUTO_TEST_CASE(of_normal_variance_scaling_have_keras_deviations) {
  const std::vector<std::pair<const char*, double>> cases{{"glorot_normal", std::sqrt(2.0 / 500)},
                                                          {"he_normal", std::sqrt(2.0 / 200)},
                                                          {"lecun_normal", std::sqrt(1.0 / 200)}};
  for (const auto& [name, stddev] : cases) {
    const Moments m = moments(name, large);
    BOOST_CHECK_SMALL(m.mean, 0.01 * stddev);
    BOOST_CHECK_CLOSE(m.stddev, stddev, 1.0);
    BOOST_CHECK_LE(m.high, 2 * stddev / 0.87962566103423978);
  }
  const Moments untruncated =
      moments(rondo::initializers::variance_scaling(
                  {.mode = FanMode::fan_out, .distribution = Distribution::untruncated_normal}),
              large);
  BOOST_CHECK_CLOSE(untruncated.stddev, std::sqrt(1.0 / 300), 1.0);
  BOOST_CHECK_GT(untruncated.high, 3 * std::sqrt(1.0 / 300));
}

/// TF.js cuts a normal of the wanted deviation at two of them, which leaves 0.8796 of it.
BOOST_AUTO_TEST_CASE(of_tfjs_have_a_deviation_that_is_too_small) {
  const std::vector<std::pair<const char*, double>> cases{
      {"glorot_normal_tfjs", std::sqrt(2.0 / 500)},
      {"he_normal_tfjs", std::sqrt(2.0 / 200)},
      {"lecun_normal_tfjs", std::sqrt(1.0 / 200)}};
  for (const auto& [name, stddev] : cases) {
    const Moments m = moments(name, large);
    BOOST_CHECK_SMALL(m.mean, 0.01 * stddev);
    BOOST_CHECK_CLOSE(m.stddev, 0.87962566103423978 * stddev, 1.0);
    BOOST_CHECK_LE(m.high, 2 * stddev);
    BOOST_CHECK_GT(m.high, 1.95 * stddev);
  }
}

BOOST_AUTO_TEST_CASE(take_fans_from_every_rank) {
  using enum FanMode;
  const auto uniform = [](FanMode mode) {
    return VarianceScalingOptions{.mode = mode, .distribution = Distribution::uniform};
  };
  check_uniform_limit(uniform(fan_in), {}, std::sqrt(3.0));
  check_uniform_limit(uniform(fan_in), {12}, std::sqrt(3.0 / 12));
  check_uniform_limit(uniform(fan_out), {12}, std::sqrt(3.0 / 12));
  check_uniform_limit(uniform(fan_in), {4, 9}, std::sqrt(3.0 / 4));
  check_uniform_limit(uniform(fan_out), {4, 9}, std::sqrt(3.0 / 9));
  check_uniform_limit(uniform(fan_avg), {4, 9}, std::sqrt(3.0 / 6.5));
  check_uniform_limit(uniform(fan_in), {5, 4, 9}, std::sqrt(3.0 / 20));
  check_uniform_limit(uniform(fan_out), {2, 5, 4, 9}, std::sqrt(3.0 / 90));
}

BOOST_AUTO_TEST_CASE(give_float_the_rounded_values_of_double) {
  for (const char* name : {"random_normal",
                           "truncated_normal",
                           "uniform",
                           "glorot_uniform",
                           "he_normal",
                           "orthogonal"}) {
    const auto doubles = made<double>(name, {4, 6});
    BOOST_CHECK(made<float>(name, {4, 6}) == std::vector<float>(doubles.begin(), doubles.end()));
  }
}

BOOST_AUTO_TEST_CASE(depend_on_the_stream_alone) {
  for (const char* name : {"random_normal", "glorot_uniform", "orthogonal"}) {
    BOOST_CHECK(made<float>(name, {4, 6}, 1) == made<float>(name, {4, 6}, 1));
    BOOST_CHECK(made<float>(name, {4, 6}, 1) != made<float>(name, {4, 6}, 2));
  }
}

BOOST_AUTO_TEST_CASE(refuse_parameters_out_of_range) {
  using namespace rondo::initializers;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  RONDO_CHECK_THROWS(variance_scaling({.scale = 0.0}),
                     ArgumentError,
                     "[variance_scaling] scale must be finite and positive, got 0");
  RONDO_CHECK_THROWS(random_normal(0.0, -1.0),
                     ArgumentError,
                     "[random_normal] stddev must be finite and not negative, got -1");
  RONDO_CHECK_THROWS(
      truncated_normal(nan), ArgumentError, "[truncated_normal] mean must be finite, got nan");
  RONDO_CHECK_THROWS(
      random_uniform(2.0, 1.0), ArgumentError, "[random_uniform] low 2 lies above high 1");
  RONDO_CHECK_THROWS(constant(nan), ArgumentError, "[constant] value must be finite, got nan");
  RONDO_CHECK_THROWS(identity(nan), ArgumentError, "[identity] gain must be finite, got nan");
  RONDO_CHECK_THROWS(orthogonal(nan), ArgumentError, "[orthogonal] gain must be finite, got nan");
}

BOOST_AUTO_TEST_CASE(refuse_shapes_that_do_not_fit) {
  RONDO_CHECK_THROWS(made<float>("identity", {2, 2, 2}),
                     ShapeError,
                     "[identity] only a matrix can be the identity: weight (2, 2, 2)");
  RONDO_CHECK_THROWS(made<float>("orthogonal", {4}),
                     ShapeError,
                     "[orthogonal] a weight of rank 2 or more is needed: weight (4)");
  const auto given = rondo::initializers::values(Tensor<double>::from_values({2}, {1, 2}));
  RONDO_CHECK_THROWS(made<float>(given, {1, 2}),
                     ShapeError,
                     "[values] the weight has another shape: weight (1, 2), values (2)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(may_be_values_or_a_users_own, T, RealTypes) {
  const Initializer given =
      rondo::initializers::values(Tensor<double>::from_values({3}, {1.5, -2, 0}));
  BOOST_CHECK(made<T>(given, {3}) == std::vector<T>({1.5, -2, 0}));
  BOOST_CHECK_EQUAL(given.config(), "\"custom\"");
  const Initializer own = [](auto weights, Rng& rng) {
    for (auto& w : weights) {
      w = static_cast<std::remove_reference_t<decltype(w)>>(rng.below(2));
    }
  };
  Rng rng(3);
  BOOST_CHECK_EQUAL(made<T>(own, {1})[0], static_cast<T>(rng.below(2)));
  BOOST_CHECK_EQUAL(own.name(), "custom");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(orthogonal_initializer)

/// gain² · identity, from the rows of a wide or the columns of a tall matrix.
void check_orthonormal(const std::vector<double>& w,
                       std::size_t rows,
                       std::size_t columns,
                       double gain) {
  const bool wide = rows < columns;
  const std::size_t vectors = wide ? rows : columns;
  const std::size_t length = wide ? columns : rows;
  const auto at = [&](std::size_t vector, std::size_t i) {
    return wide ? w[vector * columns + i] : w[i * columns + vector];
  };
  for (std::size_t a = 0; a < vectors; ++a) {
    for (std::size_t b = 0; b < vectors; ++b) {
      double dot = 0.0;
      for (std::size_t i = 0; i < length; ++i) {
        dot += at(a, i) * at(b, i);
      }
      BOOST_CHECK_SMALL(dot - (a == b ? gain * gain : 0.0), 1e-13);
    }
  }
}

BOOST_AUTO_TEST_CASE(makes_rows_or_columns_orthonormal) {
  check_orthonormal(made<double>("orthogonal", {5, 5}), 5, 5, 1.0);
  check_orthonormal(made<double>("orthogonal", {8, 24}), 8, 24, 1.0);
  check_orthonormal(made<double>("orthogonal", {9, 4}), 9, 4, 1.0);
  check_orthonormal(made<double>("orthogonal", {1, 6}), 1, 6, 1.0);
  check_orthonormal(made<double>(rondo::initializers::orthogonal(0.5), {3, 7}), 3, 7, 0.5);
}

BOOST_AUTO_TEST_CASE(folds_the_leading_axes_of_a_higher_rank) {
  check_orthonormal(made<double>("orthogonal", {2, 3, 4}), 6, 4, 1.0);
  BOOST_CHECK(made<double>("orthogonal", {2, 3, 4}) == made<double>("orthogonal", {6, 4}));
}

BOOST_AUTO_TEST_CASE(fixes_the_signs_that_qr_leaves_open) {
  constexpr std::size_t rows = 6;
  constexpr std::size_t columns = 3;
  const auto q = made<double>("orthogonal", {rows, columns});
  Rng rng(3);
  std::vector<double> a(rows * columns);
  std::generate(a.begin(), a.end(), [&] { return rng.normal(); });
  // R = Qᵀ A is upper triangular with a positive diagonal.
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double r = 0.0;
      for (std::size_t k = 0; k < rows; ++k) {
        r += q[k * columns + i] * a[k * columns + j];
      }
      BOOST_CHECK_MESSAGE(i == j ? r > 0.1 : std::abs(r) < 1e-13,
                          "R(" << i << ", " << j << ") = " << r);
    }
  }
}

BOOST_AUTO_TEST_CASE(transposes_what_is_wide) {
  const auto wide = made<double>("orthogonal", {2, 3});
  const auto tall = made<double>("orthogonal", {3, 2});
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      BOOST_CHECK_EQUAL(wide[i * 3 + j], tall[j * 2 + i]);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace initializers_test
