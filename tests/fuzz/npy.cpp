// A .npy file; odd first byte: a header, a zero byte and values, without what stands in front.
#include "rondo/formats/npy.hpp"

#include "rondo/tests/fuzz/common.hpp"
#include "rondo/tests/support/temp_folder.hpp"

using namespace rondo;

namespace {

std::string as_npy(std::string_view bytes) {
  const auto [header, values] = fuzz::split_at_zero(bytes);
  return std::string("\x93NUMPY\x02\x00", 8)
      .append(fuzz::length_in_bytes(header.size(), 4))
      .append(header)
      .append(values);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  fuzz::accepted([&] {
    const NpyArray array = read_npy(
        fuzz::file_with(input.first() % 2 == 1 ? as_npy(input.rest()) : std::string(input.rest())));
    fuzz::require(array.bytes().size() == array.shape().size() * size_of(array.type()),
                  "the values do not fill the shape");
    fuzz::accepted([&] { static_cast<void>(array.as<float>()); });
    fuzz::accepted([&] { static_cast<void>(array.as<double>()); });
    fuzz::accepted([&] { static_cast<void>(array.as<bool>()); });

    static const test::TempFolder folder;
    write_npy(folder / "again.npy", array);
    const NpyArray again = read_npy(folder / "again.npy");
    fuzz::require(again.type() == array.type() && again.shape() == array.shape() &&
                      std::ranges::equal(again.bytes(), array.bytes()),
                  "another array comes back");
  });
  return 0;
}
