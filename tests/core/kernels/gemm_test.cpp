#include "rondo/core/kernels/gemm.hpp"

#include <limits>
#include <vector>

#include "rondo/tests/core/kernels/support.hpp"

namespace gemm_test {

using namespace rondo::kernels;
using rondo::kernels::test::RealTypes;

namespace {

/// A product of given sizes with rows longer than needed and the result of a naive loop.
template <class T>
struct Product {
  Transpose transpose_a;
  Transpose transpose_b;
  std::size_t m;
  std::size_t n;
  std::size_t k;
  T alpha = T(1.5);
  T beta = T(0.5);

  std::size_t lda = (transpose_a == Transpose::yes ? m : k) + 3;
  std::size_t ldb = (transpose_b == Transpose::yes ? k : n) + 5;
  std::size_t ldc = n + 2;
  std::vector<T> a = test::noise<T>((m + k) * lda, 1);
  std::vector<T> b = test::noise<T>((n + k) * ldb, 2);
  std::vector<T> c = test::noise<T>((m + 1) * ldc, 3);

  [[nodiscard]] double at_a(std::size_t i, std::size_t p) const {
    return transpose_a == Transpose::yes ? a[p * lda + i] : a[i * lda + p];
  }

  [[nodiscard]] double at_b(std::size_t p, std::size_t j) const {
    return transpose_b == Transpose::yes ? b[j * ldb + p] : b[p * ldb + j];
  }

  [[nodiscard]] std::vector<double> expected() const {
    std::vector<double> result(c.begin(), c.end());
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::size_t p = 0; p < k; ++p) {
          sum += at_a(i, p) * at_b(p, j);
        }
        double& value = result[i * ldc + j];
        value = alpha * sum + (beta == T{0} ? 0.0 : beta * value);
      }
    }
    return result;
  }

  void check() {
    const std::vector<double> reference = expected();
    gemm(transpose_a,
         transpose_b,
         m,
         n,
         k,
         alpha,
         a.data(),
         lda,
         b.data(),
         ldb,
         beta,
         c.data(),
         ldc);
    const double rounding = std::numeric_limits<T>::epsilon();
    test::check_close(c, reference, 2.0 * static_cast<double>(k + 2) * rounding);
  }
};

constexpr auto both = {Transpose::no, Transpose::yes};

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels_gemm)

BOOST_AUTO_TEST_CASE_TEMPLATE(all_transposes_agree_with_a_naive_product_and_respect_row_lengths,
                              T,
                              RealTypes) {
  for (const Transpose transpose_a : both) {
    for (const Transpose transpose_b : both) {
      for (const std::size_t m : {1U, 2U, 7U, 33U}) {
        for (const std::size_t n : {1U, 3U, 17U, 65U}) {
          for (const std::size_t k : {1U, 5U, 31U}) {
            Product<T>{transpose_a, transpose_b, m, n, k}.check();
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(beta_zero_overwrites_even_nan, T, RealTypes) {
  for (const std::size_t m : {1U, 4U}) {
    for (const std::size_t n : {1U, 6U}) {
      for (const std::size_t k : {0U, 5U}) {
        Product<T> product{Transpose::no, Transpose::no, m, n, k};
        product.beta = T{0};
        for (std::size_t i = 0; i < m; ++i) {
          std::fill_n(&product.c[i * product.ldc], n, std::numeric_limits<T>::quiet_NaN());
        }
        product.check();
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(without_terms_c_is_only_scaled, T, RealTypes) {
  Product<T>{Transpose::no, Transpose::no, 3, 4, 0}.check();
  Product<T>{Transpose::yes, Transpose::yes, 1, 4, 0}.check();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_result_is_left_alone, T, RealTypes) {
  Product<T>{Transpose::no, Transpose::no, 0, 4, 5}.check();
  Product<T>{Transpose::no, Transpose::yes, 4, 0, 5}.check();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_repeated_product_is_bitwise_equal, T, RealTypes) {
  Product<T> first{Transpose::no, Transpose::yes, 129, 130, 131};
  Product<T> second = first;
  first.check();
  second.check();
  BOOST_TEST(first.c == second.c);
}

/// Sizes around the tiles, panels and blocks of all sets.
BOOST_AUTO_TEST_CASE_TEMPLATE(large_products_agree_at_the_edges_of_blocks, T, RealTypes) {
  for (const Transpose transpose_a : both) {
    for (const Transpose transpose_b : both) {
      for (const std::size_t m : {12U, 13U, 49U, 121U, 241U}) {
        Product<T>{transpose_a, transpose_b, m, 33, 129}.check();
        Product<T>{transpose_a, transpose_b, m, 140, 260}.check();
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_far_apart_are_packed, T, RealTypes) {
  for (const Transpose transpose_a : both) {
    Product<T> product{transpose_a, Transpose::no, 50, 130, 140};
    product.lda = 1024;
    product.a = test::noise<T>(140 * product.lda, 1);
    product.check();
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(vectors_of_neighbours_agree, T, RealTypes) {
  for (const Transpose transpose_a : both) {
    for (const Transpose transpose_b : both) {
      for (const std::size_t size : {1U, 15U, 40U, 300U}) {
        Product<T> column{transpose_a, transpose_b, size, 1, 150};
        column.ldb = transpose_b == Transpose::yes ? 150 : 1;
        column.ldc = 1;
        column.check();
        Product<T>{transpose_a, transpose_b, 1, size, 150}.check();
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gemm_test
