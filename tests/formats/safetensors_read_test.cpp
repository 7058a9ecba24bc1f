#include <chrono>
#include <cmath>
#include <limits>
#include <sys/stat.h>

#include "rondo/formats/safetensors.hpp"
#include "rondo/tests/formats/files.hpp"
#include "rondo/tests/support/check.hpp"

namespace safetensors_read_test {

using namespace rondo;
using namespace rondo::test;

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

BOOST_AUTO_TEST_CASE(refuses_a_member_of_many_values_before_they_are_all_in_memory) {
  std::string numbers = "[0";
  for (int i = 0; i < 300'000; ++i) {
    numbers += ",0";
  }
  check_header("{\"t\":" + numbers + "]}", "the header has more than 200000 values in one member");
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

BOOST_AUTO_TEST_CASE(refuses_a_type_that_is_no_text) {
  check_tensor(R"("dtype":3,"shape":[4],"data_offsets":[0,8])", "has a dtype that is not a string");
}

/// A state_dict of PyTorch: six float tensors and num_batches_tracked.
BOOST_AUTO_TEST_CASE(reads_whole_numbers_as_floats) {
  auto file = SafetensorsFile::open("tests/golden/safetensors/batchnorm.safetensors");
  BOOST_CHECK_EQUAL(file.tensors().size(), 7);
  BOOST_CHECK(file.find("1.num_batches_tracked")->type == StoredType::int64);
  BOOST_CHECK(read<float>(file, "1.num_batches_tracked", {}) == std::vector<float>({0}));
  auto short_floats = SafetensorsFile::open("tests/golden/safetensors/bf16.safetensors");
  BOOST_CHECK(read<float>(short_floats, "w", {2, 3}) == std::vector<float>({0, 1, 2, 3, 4, 5}));
}

/// By hand: 1.5, -2, the largest, the smallest denormal, infinity and -0 in IEEE 754 binary16, and
/// 1, -3.140625 in bfloat16.
BOOST_AUTO_TEST_CASE(reads_short_floats_and_small_whole_numbers) {
  const TempFolder folder;
  write_content(folder / "a",
                safetensors(R"({"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},)"
                            R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},)"
                            R"("i":{"dtype":"I8","shape":[2],"data_offsets":[16,18]},)"
                            R"("u":{"dtype":"U16","shape":[1],"data_offsets":[18,20]},)"
                            R"("l":{"dtype":"I64","shape":[1],"data_offsets":[20,28]}})",
                            std::string("\x00\x3e\x00\xc0\xff\x7b\x01\x00\x00\x7c\x00\x80"
                                        "\x80\x3f\x49\xc0\x80\x7f\xff\xff"
                                        "\x01\x00\x00\x01\x00\x00\x00\x00",
                                        28)));
  auto file = SafetensorsFile::open(folder / "a");
  const auto halves = read<double>(file, "h", {6});
  BOOST_CHECK(halves ==
              std::vector<double>({1.5, -2, 65504, 5.9604644775390625e-8, INFINITY, -0.0}));
  BOOST_CHECK(std::signbit(halves[5]));
  BOOST_CHECK(read<float>(file, "b", {2}) == std::vector<float>({1, -3.140625F}));
  BOOST_CHECK(read<float>(file, "i", {2}) == std::vector<float>({-128, 127}));
  BOOST_CHECK(read<float>(file, "u", {1}) == std::vector<float>({65535}));
  BOOST_CHECK(read<double>(file, "l", {1}) == std::vector<double>({16777217}));
  RONDO_CHECK_THROWS(read<float>(file, "l", {1}),
                     FormatError,
                     "[safetensors] " + (folder / "a").string() +
                         ": tensor 'l': the number 16777217 at position 0 has more digits than a "
                         "float32");
}

BOOST_AUTO_TEST_CASE(one_tensor_that_is_not_read_leaves_the_others) {
  const TempFolder folder;
  write_content(folder / "a",
                safetensors(R"({"f8":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},)"
                            R"("deep":{"dtype":"U8","shape":[1,1,1,1,4],"data_offsets":[4,8]},)"
                            R"("w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
                            std::string("12345678\x00\x00\x80\x3f", 12)));
  auto file = SafetensorsFile::open(folder / "a");
  BOOST_CHECK(read<float>(file, "w", {1}) == std::vector<float>({1}));
  const std::string prefix = "[safetensors] " + (folder / "a").string() + ": ";
  RONDO_CHECK_THROWS(read<float>(file, "f8", {4}),
                     FormatError,
                     prefix + "tensor 'f8' has dtype 'F8_E4M3', which is not read");
  RONDO_CHECK_THROWS(read<float>(file, "deep", {4}),
                     FormatError,
                     prefix + "tensor 'deep' has rank 5, at most 4 is supported");
}

BOOST_AUTO_TEST_CASE(names_files_of_another_kind) {
  check_damaged("month,passengers\n1949-01,112\n",
                "is not a safetensors file: it begins with 'month,pas'");
  check_damaged(std::string("PK\3\4\x14\0\0\0\0\0", 10),
                R"(is not a safetensors file: it begins with 'PK\x03\x04\x14\x00\x00\x00\x00')");
  check_damaged("{\n  \"csv\": \"a.csv\"\n}\n",
                R"(is not a safetensors file: it begins with '{\n  "csv"')");
}

/// 0.3 s; a minute and more where each name is compared with all before it.
BOOST_AUTO_TEST_CASE(many_tensors_are_found_in_time_that_grows_with_them) {
  std::string header = "{";
  constexpr std::size_t many = 100'000;
  for (std::size_t i = 0; i < many; ++i) {
    header += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) +
              R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  }
  const TempFolder folder;
  write_content(folder / "a", safetensors(header + '}', ""));
  const auto begin = std::chrono::steady_clock::now();
  const auto file = SafetensorsFile::open(folder / "a");
  std::size_t found = 0;
  for (const StoredTensor& tensor : file.tensors()) {
    found += file.find(tensor.name) == &tensor ? 1 : 0;
  }
  BOOST_CHECK_EQUAL(found, many);
  BOOST_CHECK(file.find("t") == nullptr && file.find("z") == nullptr);
  std::vector<NamedTensor> written;
  const float none = 0;
  for (const StoredTensor& tensor : file.tensors()) {
    written.emplace_back(tensor.name, TensorView<const float>(&none, {0}));
  }
  write_safetensors(folder / "b", written);
  BOOST_CHECK_EQUAL(SafetensorsFile::open(folder / "b").tensors().size(), many);
  BOOST_CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
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
  check("[1,1,1,1,2]", "has 8 bytes of values, float64 (1, 1, 1, 1, 2) needs 16");
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
               R"(tensor 'line\nbreak\x00' is not described by an object)");
  check_header("{\"" + std::string(500, 'x') + "\":3}",
               "tensor '" + std::string(120, 'x') + "'… is not described by an object");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace safetensors_read_test
