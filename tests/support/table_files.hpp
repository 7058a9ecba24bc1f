/// Small tables as files, and the errors about them without the name of their folder.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "rondo/data/table.hpp"
#include "rondo/tests/support/temp_folder.hpp"

namespace rondo::test {

/// A fixture: files that exist until the end of the test.
struct TableFiles {
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
    return folder / name;
  }

  Table read(const std::string& text, const TableOptions& options = {}) {
    return read_table(write("a.csv", text), options);
  }

  [[nodiscard]] std::string without_folder(std::string text) const {
    const std::string name = (folder / "").string();
    for (auto at = text.find(name); at != text.npos; at = text.find(name)) {
      text.erase(at, name.size());
    }
    return text;
  }

  /// The text of the Error that a call throws.
  template <class Error, class Call>
  [[nodiscard]] std::string error_of(const Call& call) const {
    try {
      (void)call();
    } catch (const Error& error) {
      return without_folder(error.what());
    }
    return "no error";
  }

  TempFolder folder;
};

}  // namespace rondo::test
