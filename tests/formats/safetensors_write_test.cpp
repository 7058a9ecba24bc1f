#include <limits>

#include "rondo/formats/safetensors.hpp"
#include "rondo/tests/formats/files.hpp"
#include "rondo/tests/support/check.hpp"

namespace safetensors_write_test {

using namespace rondo;
using namespace rondo::test;

BOOST_AUTO_TEST_SUITE(safetensors_writer)

BOOST_AUTO_TEST_CASE(makes_the_bytes_of_the_reference_implementation) {
  const std::vector<std::uint64_t> counters{0, std::numeric_limits<std::uint64_t>::max()};
  const auto empty = Tensor<float>::zeros({0, 4});
  const auto flags = Tensor<bool>::from_values({3}, {true, false, true});
  const float infinity = std::numeric_limits<float>::infinity();
  const auto kernel =
      Tensor<float>::from_values({2, 3}, {0.1F, -2.5F, 3.0F, 1e-30F, -0.0F, infinity});
  const auto limit = Tensor<double>::full({}, std::numeric_limits<double>::max());
  Tensor<double> moments(Shape{2, 1, 2, 2});
  for (int i = 0; i < 8; ++i) {
    moments.data()[i] = i / 3.0;
  }
  const auto name = Tensor<float>::full({1}, 7.0F);
  const std::vector<NamedTensor> tensors{
      {"counters", TensorView<const std::uint64_t>(counters.data(), {2})},
      {"empty", empty.view()},
      {"flags", flags.view()},
      {"gru/kernel", kernel.view()},
      {"limit", limit.view()},
      {"moments", moments.view()},
      {"naïve \"name\"\n", name.view()}};
  const TempFolder folder;
  write_safetensors(folder / "a", tensors, {{"made by", "safetensors 0.8.0"}});
  BOOST_CHECK(content(folder / "a") == content(reference_file));
}

BOOST_AUTO_TEST_CASE(keeps_the_given_order_within_a_type) {
  const auto one = Tensor<float>::full({1}, 1.0F);
  const auto two = Tensor<double>::full({1}, 2.0);
  const std::vector<NamedTensor> tensors{
      {"b", one.view()}, {"d", two.view()}, {"a", one.view()}, {"c", two.view()}};
  const TempFolder folder;
  write_safetensors(folder / "a", tensors);
  const auto file = SafetensorsFile::open(folder / "a");
  std::string order;
  for (const StoredTensor& tensor : file.tensors()) {
    order += tensor.name;
  }
  BOOST_CHECK_EQUAL(order, "dcba");
  BOOST_CHECK(file.metadata().empty());
}

BOOST_AUTO_TEST_CASE(pads_the_header_to_eight_bytes) {
  const TempFolder folder;
  for (int size = 1; size < 10; ++size) {
    const auto value = Tensor<float>::full({1}, 1.0F);
    const std::vector<NamedTensor> tensors{
        {std::string(static_cast<std::size_t>(size), 'x'), value.view()}};
    write_safetensors(folder / "a", tensors);
    BOOST_CHECK_EQUAL(content(folder / "a").size() % 8, 4);
  }
}

BOOST_AUTO_TEST_CASE(writes_a_file_without_tensors) {
  const TempFolder folder;
  write_safetensors(folder / "a", {}, {{"key", "value"}});
  const auto file = SafetensorsFile::open(folder / "a");
  BOOST_CHECK(file.tensors().empty());
  BOOST_CHECK_EQUAL(file.metadata().at("key"), "value");
}

BOOST_AUTO_TEST_CASE(refuses_names_that_a_file_cannot_have) {
  const TempFolder folder;
  const auto path = folder / "a";
  const auto value = Tensor<float>::full({1}, 1.0F);
  const auto write = [&](const std::vector<std::string>& names, const FileMetadata& metadata) {
    std::vector<NamedTensor> tensors;
    for (const std::string& name : names) {
      tensors.emplace_back(name, value.view());
    }
    write_safetensors(path, tensors, metadata);
  };
  const std::string prefix = "[safetensors] " + path.string() + ": ";
  RONDO_CHECK_THROWS(
      write({"x", "y", "x"}, {}), ArgumentError, prefix + "two tensors are named 'x'");
  RONDO_CHECK_THROWS(write({"__metadata__"}, {}),
                     ArgumentError,
                     prefix + "a tensor cannot be named '__metadata__'");
  RONDO_CHECK_THROWS(
      write({"\xff"}, {}), ArgumentError, prefix + "a name or a text of the metadata is not UTF-8");
  RONDO_CHECK_THROWS(write({"x"}, {{"key", "\xc3"}}),
                     ArgumentError,
                     prefix + "a name or a text of the metadata is not UTF-8");
  BOOST_CHECK(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace safetensors_write_test
