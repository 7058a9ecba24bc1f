#include <limits>
#include <sys/stat.h>

#include "rondo/formats/safetensors.hpp"
#include "rondo/tests/formats/files.hpp"
#include "rondo/tests/support/check.hpp"

namespace rondo::test::safetensors_read_test {

namespace {

/// Opening a file with these bytes must fail with this text.
void check_damaged(const std::string& bytes, const std::string& problem) {
  const TempFolder folder;
  const auto path = folder / "a.safetensors";
  write_content(path, bytes);
  RONDO_CHECK_THROWS(static_cast<void>(SafetensorsFile::open(path)),
                     FormatError,
                     "[safetensors] " + path.string() + ": " + problem);
}

/// The same for the header of a file with eight bytes of values.
void check_header(const std::string& header, const std::string& problem) {
  check_damaged(safetensors(header, "12345678"), problem);
}

/// And for the fields of its only tensor.
void check_tensor(const std::string& fields, const std::string& problem) {
  check_header("{\"t\":{" + fields + "}}", "tensor 't' " + problem);
}

template <Storable T>
std::vector<T> read(SafetensorsFile& file, const std::string& name, const Shape& shape) {
  std::vector<T> values(shape.size());
  if constexpr (!std::is_same_v<T, bool>) {
    file.read(name, TensorView<T>(values.data(), shape));
  }
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(safetensors_file)

BOOST_AUTO_TEST_CASE(reads_what_the_reference_implementation_wrote) {
  auto file = SafetensorsFile::open(reference_file);
  BOOST_CHECK_EQUAL(file.tensors().size(), 7);
  BOOST_CHECK_EQUAL(file.metadata().size(), 1);
  BOOST_CHECK_EQUAL(file.metadata().at("made by"), "safetensors 0.8.0");
  BOOST_CHECK(read<std::uint64_t>(file, "counters", {2}) ==
              std::vector<std::uint64_t>({0, std::numeric_limits<std::uint64_t>::max()}));
  const float infinity = std::numeric_limits<float>::infinity();
  const auto kernel = read<float>(file, "gru/kernel", {2, 3});
  BOOST_CHECK(kernel == std::vector<float>({0.1F, -2.5F, 3.0F, 1e-30F, -0.0F, infinity}));
  BOOST_CHECK(std::signbit(kernel[4]));
  BOOST_CHECK_EQUAL(read<double>(file, "limit", {})[0], std::numeric_limits<double>::max());
  const auto moments = read<double>(file, "moments", {2, 1, 2, 2});
  for (std::size_t i = 0; i < 8; ++i) {
    BOOST_CHECK_EQUAL(moments[i], static_cast<double>(i) / 3.0);
  }
  BOOST_CHECK(read<float>(file, "empty", {0, 4}).empty());
  BOOST_CHECK(read<float>(file, "naïve \"name\"\n", {1}) == std::vector<float>({7}));
  auto flags = Tensor<bool>::zeros({3});
  file.read("flags", flags.view());
  BOOST_CHECK(values<bool>(flags.view()) == std::vector<bool>({true, false, true}));
}

BOOST_AUTO_TEST_CASE(describes_its_tensors) {
  const auto file = SafetensorsFile::open(reference_file);
  const StoredTensor* const kernel = file.find("gru/kernel");
  BOOST_REQUIRE(kernel != nullptr);
  BOOST_CHECK(kernel->type == StoredType::float32);
  BOOST_CHECK_EQUAL(kernel->shape, (Shape{2, 3}));
  BOOST_CHECK(file.find("kernel") == nullptr);
  BOOST_CHECK_EQUAL(file.path(), reference_file);
  BOOST_CHECK_EQUAL(to_string(StoredType::boolean), "bool");
  BOOST_CHECK_EQUAL(to_string(StoredType::float64), "float64");
  BOOST_CHECK_EQUAL(to_string(StoredType::uint64), "uint64");
  BOOST_CHECK_EQUAL(size_of(StoredType::uint64), 8);
  BOOST_CHECK_EQUAL(size_of(StoredType::boolean), 1);
}

BOOST_AUTO_TEST_CASE(refuses_to_read_another_tensor_than_it_has) {
  auto file = SafetensorsFile::open(reference_file);
  const std::string prefix = "[safetensors] " + reference_file.string() + ": ";
  RONDO_CHECK_THROWS(
      read<float>(file, "kernel", {2}), FormatError, prefix + "has no tensor 'kernel'");
  RONDO_CHECK_THROWS(read<double>(file, "gru/kernel", {2, 3}),
                     FormatError,
                     prefix + "tensor 'gru/kernel' is float32, not float64");
  RONDO_CHECK_THROWS(read<float>(file, "gru/kernel", {3, 2}),
                     FormatError,
                     prefix + "tensor 'gru/kernel' has shape (2, 3), not (3, 2)");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_file) {
  const TempFolder folder;
  const std::string prefix = "[safetensors] " + folder.path().string();
  RONDO_CHECK_THROWS(static_cast<void>(SafetensorsFile::open(folder / "none")),
                     FormatError,
                     prefix + "/none: cannot be opened: No such file or directory");
  RONDO_CHECK_THROWS(static_cast<void>(SafetensorsFile::open(folder.path())),
                     FormatError,
                     prefix + ": is no regular file");
  const auto pipe = folder / "pipe";
  BOOST_REQUIRE_EQUAL(::mkfifo(pipe.c_str(), 0600), 0);
  RONDO_CHECK_THROWS(static_cast<void>(SafetensorsFile::open(pipe)),
                     FormatError,
                     prefix + "/pipe: is no regular file");
}

BOOST_AUTO_TEST_CASE(refuses_a_truncated_file) {
  check_damaged("", "has 0 bytes, a header needs at least 8");
  check_damaged("1234567", "has 7 bytes, a header needs at least 8");
  check_damaged(std::string("\x05\0\0\0\0\0\0\0{}", 10),
                "should have a header of 5 bytes, 2 follow");
  check_damaged(std::string(8, '\xff'),
                "should have a header of 18446744073709551615 bytes, 0 follow");
}

BOOST_AUTO_TEST_CASE(refuses_a_header_that_is_longer_than_the_format_allows) {
  const TempFolder folder;
  const auto path = folder / "a";
  write_content(path, safetensors(std::string(), ""));
  const std::uint64_t length = 100'000'001;
  std::filesystem::resize_file(path, 8 + length);  // a hole, takes no space
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out)
      .write(reinterpret_cast<const char*>(&length), sizeof(length));
  RONDO_CHECK_THROWS(static_cast<void>(SafetensorsFile::open(path)),
                     FormatError,
                     "[safetensors] " + path.string() +
                         ": has a header of 100000001 bytes, at most 100000000 are supported");
}

BOOST_AUTO_TEST_CASE(refuses_a_header_that_is_no_json_object) {
  check_header("", "the header is not a JSON object");
  check_header("[]", "the header is not a JSON object");
  check_header(" {}", "the header is not a JSON object");
  check_header("{", "the header is not JSON: error at byte 2");
  check_header("{} x", "the header is not JSON: error at byte 4");
  check_header("{\"a\":nan}", "the header is not JSON: error at byte 7");
  check_header(std::string("{}\0", 3), "the header is not JSON: error at byte 3");
  check_header("{\"\xff\":1}", "the header is not JSON: error at byte 3");
  check_header("{\"a\":1e999}", "the header has a number that is too large");
}

BOOST_AUTO_TEST_CASE(refuses_a_key_that_comes_twice) {
  const std::string tensor = R"({"dtype":"F64","shape":[],"data_offsets":[0,8]})";
  check_header("{\"a\":" + tensor + ",\"a\":" + tensor + "}", "the header has the key \"a\" twice");
  check_header(R"({"__metadata__":{"k":"1","k":"2"}})", "the header has the key \"k\" twice");
  check_header(R"({"t":{"dtype":"F64","dtype":"F32"}})", "the header has the key \"dtype\" twice");
}

BOOST_AUTO_TEST_CASE(refuses_deep_nesting) {
  check_header("{\"a\":" + std::string(100'000, '['), "the header is nested too deeply");
  check_header(R"({"a":{"shape":[[1]]}})", "the header is nested too deeply");
}

BOOST_AUTO_TEST_CASE(refuses_metadata_that_is_not_text) {
  check_header(R"({"__metadata__":"x"})", "__metadata__ is not an object");
  check_header(R"({"__metadata__":null})", "__metadata__ is not an object");
  check_header(R"({"__metadata__":{"a":1}})", "'a' in __metadata__ is not a string");
}

BOOST_AUTO_TEST_CASE(refuses_a_tensor_with_other_fields) {
  check_header("{\"t\":3}", "tensor 't' is not described by an object");
  check_tensor(R"("dtype":"F64","shape":[],"data_offsets":[0,8],"more":1)",
               "has an unknown field 'more'");
  check_tensor(R"("shape":[],"data_offsets":[0,8])", "has no dtype");
  check_tensor(R"("dtype":"F64","data_offsets":[0,8])", "has no shape");
  check_tensor(R"("dtype":"F64","shape":[])", "has no data_offsets");
}

BOOST_AUTO_TEST_CASE(refuses_element_types_that_it_does_not_read) {
  const std::string rest = R"(,"shape":[4],"data_offsets":[0,8])";
  check_tensor(R"("dtype":"F16")" + rest, "has dtype 'F16', supported are BOOL, F32, F64, U64");
  check_tensor(R"("dtype":"f32")" + rest, "has dtype 'f32', supported are BOOL, F32, F64, U64");
  check_tensor(R"("dtype":3)" + rest, "has a dtype that is not a string");
}

BOOST_AUTO_TEST_CASE(refuses_shapes_that_cannot_be) {
  const auto check = [](const std::string& shape, const std::string& problem) {
    check_tensor(R"("dtype":"F64","data_offsets":[0,8],"shape":)" + shape, problem);
  };
  const std::string no_list = "has a shape that is not a list of whole numbers from 0 on";
  check("1", no_list);
  check("[-1]", no_list);
  check("[1.0]", no_list);
  check("[\"1\"]", no_list);
  check("[true]", no_list);
  check("[18446744073709551616]", no_list);
  check("[1,1,1,1,1]", "has rank 5, at most 4 is supported");
  check("[4294967296,4294967296]", "has shape (4294967296, 4294967296), whose size overflows");
  check("[2305843009213693952]", "has shape (2305843009213693952), whose size overflows");
  check("[2]", "has 8 bytes of values, float64 (2) needs 16");
}

BOOST_AUTO_TEST_CASE(refuses_offsets_that_cannot_be) {
  const auto check = [](const std::string& offsets, const std::string& problem) {
    check_tensor(R"("dtype":"F64","shape":[],"data_offsets":)" + offsets, problem);
  };
  check("8", "has a data_offsets that is not a list of whole numbers from 0 on");
  check("[-8,0]", "has a data_offsets that is not a list of whole numbers from 0 on");
  check("[0]", "has data_offsets that are not [begin, end]");
  check("[0,8,16]", "has data_offsets that are not [begin, end]");
  check("[8,0]", "has data_offsets that are not [begin, end]");
  check("[0,4]", "has 4 bytes of values, float64 () needs 8");
  check("[8,16]", "ends at byte 16 of 8");
  check("[18446744073709551607,18446744073709551615]", "ends at byte 18446744073709551615 of 8");
}

BOOST_AUTO_TEST_CASE(refuses_gaps_overlaps_and_left_over_bytes) {
  const auto tensor = [](const std::string& name, const std::string& offsets) {
    return '"' + name + R"(":{"dtype":"F32","shape":[1],"data_offsets":)" + offsets + "}";
  };
  check_header('{' + tensor("a", "[4,8]") + '}',
               "tensor 'a' begins at byte 4, the one before ends at 0");
  check_header('{' + tensor("a", "[0,4]") + ',' + tensor("b", "[0,4]") + '}',
               "tensor 'b' begins at byte 0, the one before ends at 4");
  check_header('{' + tensor("a", "[0,4]") + ',' + tensor("b", "[3,7]") + '}',
               "tensor 'b' begins at byte 3, the one before ends at 4");
  check_header('{' + tensor("a", "[0,4]") + '}', "4 bytes follow the last tensor");
  check_header("{}", "8 bytes follow the last tensor");
}

BOOST_AUTO_TEST_CASE(refuses_bytes_that_are_no_truth_values) {
  const TempFolder folder;
  const auto path = folder / "a";
  write_content(path,
                safetensors(R"({"t":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}})",
                            std::string("\1\2\0", 3)));
  auto file = SafetensorsFile::open(path);
  auto target = Tensor<bool>::full({3}, true);
  RONDO_CHECK_THROWS(
      file.read("t", target.view()),
      FormatError,
      "[safetensors] " + path.string() + ": tensor 't' has values that are neither 0 nor 1");
}

BOOST_AUTO_TEST_CASE(notices_that_a_file_shrank_after_it_was_opened) {
  const TempFolder folder;
  const auto path = folder / "a";
  write_content(path,
                safetensors(R"({"t":{"dtype":"F64","shape":[2000],"data_offsets":[0,16000]}})",
                            std::string(16000, '\0')));
  auto file = SafetensorsFile::open(path);
  std::filesystem::resize_file(path, 100);
  RONDO_CHECK_THROWS(read<double>(file, "t", {2000}),
                     FormatError,
                     "[safetensors] " + path.string() + ": cannot be read to its end");
}

BOOST_AUTO_TEST_CASE(keeps_errors_on_one_short_line) {
  check_header("{\"line\\nbreak\\u0000\":3}",
               R"(tensor 'line\nbreak\u0000' is not described by an object)");
  check_header("{\"" + std::string(500, 'x') + "\":3}",
               "tensor '" + std::string(120, 'x') + "'… is not described by an object");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace rondo::test::safetensors_read_test
