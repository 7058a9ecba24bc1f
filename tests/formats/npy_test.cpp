#include "rondo/formats/npy.hpp"

#include <fstream>
#include <iterator>

#include "rondo/tests/support/check.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace npy_test {

using namespace rondo;

namespace {

const std::string golden = "tests/golden/npy/";

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

const std::vector<double> six{1.5, -2.0, double(0.1F), 3.0, double(1e30F), -0.0};

}  // namespace

BOOST_AUTO_TEST_SUITE(formats_npy)

BOOST_AUTO_TEST_CASE(all_versions_of_numpy_are_read) {
  for (const char* const name : {"float32.npy", "float32_v2.npy", "float32_v3.npy"}) {
    const NpyArray array = read_npy(golden + name);
    BOOST_TEST((array.type() == NpyType::float32));
    BOOST_TEST(array.shape() == Shape({2, 3}));
    test::check_close(array.as<float>(), six, 0.0);
    test::check_close(array.as<double>(), six, 0.0);
  }
}

BOOST_AUTO_TEST_CASE(all_element_types_are_read) {
  test::check_close(read_npy(golden + "float64.npy").as<double>(), {0.1, -1e300}, 0.0);
  const NpyArray ints = read_npy(golden + "int32.npy");
  BOOST_TEST(ints.shape() == Shape({2, 2, 1}));
  test::check_close(ints.as<float>(), {-1, 2, 3, -2147483648.0}, 0.0);
  test::check_close(read_npy(golden + "uint8.npy").as<float>(), {0, 200, 255}, 0.0);
  const NpyArray bits = read_npy(golden + "bool.npy");
  test::check_close(bits.as<float>(), {1, 0, 1}, 0.0);
  BOOST_TEST((test::values(bits.as<bool>().view()) == std::vector<bool>{true, false, true}));
  BOOST_TEST(read_npy(golden + "int64_scalar.npy").shape() == Shape());
  BOOST_TEST(read_npy(golden + "empty.npy").as<float>().shape() == Shape({0, 3}));
}

BOOST_AUTO_TEST_CASE(other_orders_of_bytes_and_axes_are_read) {
  for (const char* const name : {"fortran.npy", "big_endian.npy"}) {
    const NpyArray array = read_npy(golden + name);
    BOOST_TEST(array.shape() == Shape({2, 3}));
    test::check_close(array.as<float>(), six, 0.0);
  }
  const NpyArray python2 = read_npy(golden + "python2.npy");  // its shape is (2L, 3L)
  BOOST_TEST(python2.shape() == Shape({2, 3}));
  test::check_close(python2.as<float>(), {0, 1, 2, 3, 4, 5}, 0.0);
}

/// Headers by the format's documentation, values by hand.
BOOST_AUTO_TEST_CASE(small_types_are_read) {
  const test::TempFolder folder;
  const auto values = [&](const std::string& descr, const std::string& bytes, std::size_t count) {
    const std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" +
                               std::to_string(count) + ",), }\n";
    write_bytes(
        folder / "a.npy",
        std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header + bytes);
    return read_npy(folder / "a.npy").as<double>();
  };
  test::check_close(values("|i1", "\x80\x7f", 2), {-128, 127}, 0.0);
  test::check_close(values("<i2", "\xfe\xff", 1), {-2}, 0.0);
  test::check_close(values(">u2", "\x01\x02", 1), {258}, 0.0);
  test::check_close(values("<u4", "\xff\xff\xff\xff", 1), {4294967295.0}, 0.0);
  test::check_close(values(">u8", std::string("\0\0\0\1\0\0\0\0", 8), 1), {4294967296.0}, 0.0);
  test::check_close(values("<f2", std::string("\x00\x3e\x00\xc0", 4), 2), {1.5, -2}, 0.0);
}

BOOST_AUTO_TEST_CASE(a_number_that_would_change_is_refused) {
  RONDO_CHECK_THROWS(static_cast<void>(read_npy(golden + "int64_scalar.npy").as<double>()),
                     FormatError,
                     "[npy] the number 9007199254740993 at position 0 has more digits than a "
                     "float64");
  RONDO_CHECK_THROWS(static_cast<void>(read_npy(golden + "float32.npy").as<bool>()),
                     FormatError,
                     "[npy] the array holds float32, not bool");
}

BOOST_AUTO_TEST_CASE(what_is_not_read_is_refused_by_name) {
  const auto refuses = [](const std::string& name, const std::string& problem) {
    RONDO_CHECK_THROWS(static_cast<void>(read_npy(golden + name)),
                       FormatError,
                       "[npy] " + golden + name + ": " + problem);
  };
  refuses("object.npy", "arrays of Python objects are not read");
  refuses("structured.npy", "structured arrays are not read");
  refuses("complex.npy",
          "elements '<c16' are not read, only bool, whole numbers and floats up to 64 bits");
  refuses("rank_5.npy", "more than 4 axes");
  refuses("make.py", "is no .npy file");
  refuses("", "is a folder");
  refuses("missing.npy", "cannot be read: No such file or directory");
}

BOOST_AUTO_TEST_CASE(written_files_are_those_of_numpy) {
  const test::TempFolder folder;
  for (const char* const name : {"float32.npy",
                                 "float64.npy",
                                 "int32.npy",
                                 "int64_scalar.npy",
                                 "uint8.npy",
                                 "bool.npy",
                                 "empty.npy"}) {
    BOOST_TEST_CONTEXT(name) {
      write_npy(folder / name, read_npy(golden + name));
      BOOST_TEST((bytes_of(folder / name) == bytes_of(golden + name)));
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(tensors_come_back, T, test::RealTypes) {
  const test::TempFolder folder;
  const auto values = test::random_tensor<T>({3, 1, 2}, 1);
  write_npy(folder / "a.npy", values);
  const NpyArray array = read_npy(folder / "a.npy");
  BOOST_TEST((array.type() == npy_type<T>));
  BOOST_TEST((test::values(array.as<T>().view()) == test::values(values.view())));
}

BOOST_AUTO_TEST_CASE(every_cut_of_a_file_is_refused) {
  const test::TempFolder folder;
  const std::string whole = bytes_of(golden + "float32.npy");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write_bytes(folder / "cut.npy", whole.substr(0, length));
    BOOST_CHECK_THROW(static_cast<void>(read_npy(folder / "cut.npy")), FormatError);
  }
  write_bytes(folder / "long.npy", whole + "x");
  RONDO_CHECK_THROWS(static_cast<void>(read_npy(folder / "long.npy")),
                     FormatError,
                     "[npy] " + (folder / "long.npy").string() +
                         ": holds 25 bytes of values, (2, 3) of float32 would be 24");
}

BOOST_AUTO_TEST_CASE(damaged_headers_are_refused) {
  const test::TempFolder folder;
  const auto refuses = [&](const std::string& header, const std::string& problem) {
    const std::string path = (folder / "a.npy").string();
    write_bytes(path,
                std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header);
    RONDO_CHECK_THROWS(
        static_cast<void>(read_npy(path)), FormatError, "[npy] " + path + ": " + problem);
  };
  refuses("", "the header lacks a '{'");
  refuses("{}", "the header is not complete");
  refuses("{'descr': '<f4', 'descr': '<f4'}", "unexpected key 'descr' in the header");
  refuses("{'color': 1}", "unexpected key 'color' in the header");
  refuses("{descr: 1}", "the header lacks a text in quotes");
  refuses("{'fortran_order': 0}", "fortran_order is neither True nor False");
  refuses("{'shape': (-1,)}", "the shape is no tuple of sizes");
  refuses("{'shape': (18446744073709551615, 2)}", "the shape is too large");
  refuses("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,)} x",
          "the header is not complete");
  std::string bytes = bytes_of(golden + "float32.npy");
  bytes[6] = 4;
  write_bytes(folder / "v4.npy", bytes);
  RONDO_CHECK_THROWS(
      static_cast<void>(read_npy(folder / "v4.npy")),
      FormatError,
      "[npy] " + (folder / "v4.npy").string() + ": version 4.0 is not read, only 1.0, 2.0 and 3.0");
}

BOOST_AUTO_TEST_CASE(archives_of_numpy_are_read) {
  if (!npz_available()) {
    RONDO_CHECK_THROWS(static_cast<void>(read_npz(golden + "stored.npz")),
                       StateError,
                       "[npz] this build has no .npz files: libzip was not found");
    return;
  }
  const NpzArrays stored = read_npz(golden + "stored.npz");
  BOOST_REQUIRE_EQUAL(stored.size(), 2U);
  test::check_close(stored.at("float32").as<float>(), six, 0.0);
  BOOST_TEST((stored.at("labels").type() == NpyType::int32));
  const NpzArrays deflated = read_npz(golden + "deflated.npz");
  test::check_close(deflated.at("float32").as<float>(), six, 0.0);
  BOOST_TEST(deflated.at("zeros").shape() == Shape({1000}));
}

BOOST_AUTO_TEST_CASE(arrays_of_an_archive_are_read_one_by_one) {
  if (!npz_available()) {
    return;
  }
  NpzFile names = NpzFile::open(golden + "names.npz");  // w, and an array of texts
  BOOST_TEST(names.names() == (std::vector<std::string>{"names", "w"}),
             boost::test_tools::per_element());
  test::check_close(names.read("w").as<float>(), {0, 1, 2, 3, 4, 5}, 0.0);
  RONDO_CHECK_THROWS(static_cast<void>(names.read("names")),
                     FormatError,
                     "[npz] " + golden +
                         "names.npz: names.npy: elements '<U1' are not read, only bool, whole "
                         "numbers and floats up to 64 bits");
  RONDO_CHECK_THROWS(static_cast<void>(names.read("x")),
                     FormatError,
                     "[npz] " + golden + "names.npz: unknown array 'x', known are 'names', 'w'");
  // t is the transposed of w.
  const NpzArrays both = read_npz(golden + "transposed.npz");
  test::check_close(both.at("w").as<float>(), {0, 1, 2, 3, 4, 5}, 0.0);
  BOOST_TEST(both.at("t").shape() == Shape({3, 2}));
  test::check_close(both.at("t").as<float>(), {0, 3, 1, 4, 2, 5}, 0.0);
}

/// bomb.npz: a float by its header, followed by 40 MB of zeros in 40 kB; note.npz: an array and a
/// text file (golden/npy/make.py).
BOOST_AUTO_TEST_CASE(archives_are_not_unpacked_beyond_what_they_announce) {
  if (!npz_available()) {
    return;
  }
  NpzFile bomb = NpzFile::open(golden + "bomb.npz");
  RONDO_CHECK_THROWS(static_cast<void>(bomb.read("a")),
                     FormatError,
                     "[npz] " + golden + "bomb.npz: a.npy: goes on behind its 4 bytes of values");
  RONDO_CHECK_THROWS(
      static_cast<void>(bomb.read("liar")),
      FormatError,
      "[npz] " + golden +
          "bomb.npz: liar.npy: would hold 4000000000 bytes of values, which its 68 cannot");
  RONDO_CHECK_THROWS(static_cast<void>(read_npz(golden + "stored.npz", 20)),
                     FormatError,
                     "[npz] " + golden +
                         "stored.npz: float32.npy: would hold 24 bytes of values, the limit is 20");
  BOOST_TEST(read_npz(golden + "note.npz").size() == 1U);
}

BOOST_AUTO_TEST_CASE(archives_come_back_stored_and_deflated) {
  if (!npz_available()) {
    return;
  }
  const test::TempFolder folder;
  const NpzArrays arrays{{"a/b", NpyArray(Tensor<float>::zeros({500}))},
                         {"c", read_npy(golden + "int32.npy")}};
  write_npz(folder / "stored.npz", arrays);
  write_npz(folder / "deflated.npz", arrays, {.compressed = true});
  BOOST_TEST(bytes_of(folder / "deflated.npz").size() < bytes_of(folder / "stored.npz").size());
  for (const char* const name : {"stored.npz", "deflated.npz"}) {
    const NpzArrays again = read_npz(folder / name);
    BOOST_REQUIRE_EQUAL(again.size(), 2U);
    BOOST_TEST(again.at("a/b").shape() == Shape({500}));
    test::check_close(again.at("c").as<double>(), {-1, 2, 3, -2147483648.0}, 0.0);
  }
  const std::string first = bytes_of(folder / "stored.npz");
  write_npz(folder / "stored.npz", arrays);
  BOOST_TEST((bytes_of(folder / "stored.npz") == first));
}

BOOST_AUTO_TEST_CASE(archives_that_are_none_are_refused) {
  if (!npz_available()) {
    return;
  }
  const test::TempFolder folder;
  BOOST_CHECK_THROW(static_cast<void>(read_npz(golden + "float32.npy")), FormatError);
  BOOST_CHECK_THROW(static_cast<void>(read_npz(folder / "missing.npz")), FormatError);
  const std::string whole = bytes_of(golden + "deflated.npz");
  for (const std::size_t length : {0UL, 10UL, whole.size() / 2, whole.size() - 1}) {
    write_bytes(folder / "cut.npz", whole.substr(0, length));
    BOOST_CHECK_THROW(static_cast<void>(read_npz(folder / "cut.npz")), FormatError);
  }
  std::string damaged = whole;
  damaged[100] = static_cast<char>(damaged[100] ^ 0x55);
  write_bytes(folder / "damaged.npz", damaged);
  BOOST_CHECK_THROW(static_cast<void>(read_npz(folder / "damaged.npz")), FormatError);
  BOOST_CHECK_THROW(write_npz(folder / "no" / "where.npz", {}), FormatError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace npy_test
