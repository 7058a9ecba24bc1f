// A CSV file: read, as numbers, written and read again.
#include "rondo/formats/csv.hpp"

#include <algorithm>

#include "rondo/tests/fuzz/common.hpp"
#include "rondo/tests/support/temp_folder.hpp"

using namespace rondo;

namespace {

void check_round_trip(const CsvTable& table, const CsvOptions& options) {
  static const test::TempFolder folder;
  write_csv(folder / "again.csv", table, options);
  const CsvTable again = read_csv(folder / "again.csv", options);
  fuzz::require(again.names() == table.names() && again.num_rows() == table.num_rows(),
                "another table comes back");
  for (const std::string& name : table.names()) {
    fuzz::require(std::ranges::equal(table.text(name), again.text(name)),
                  "another cell comes back");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const CsvOptions options{.delimiter = input.first() % 4 == 0 ? ';' : ',',
                           .header = input.first() % 3 != 0,
                           .decimal = input.first() % 8 == 4 ? ',' : '.'};
  fuzz::accepted([&] {
    const CsvTable table = read_csv(fuzz::file_with(input.rest()), options);
    for (const std::string& name : table.names()) {
      static_cast<void>(table.content(name));
      fuzz::accepted([&] { static_cast<void>(table.column<double>(name)); });
      fuzz::accepted([&] { static_cast<void>(table.column<float>(name)); });
    }
    check_round_trip(table, options);
  });
  return 0;
}
