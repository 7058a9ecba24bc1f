#include "rondo/bench/suites.hpp"

#include <algorithm>

#include "rondo/bench/work.hpp"

namespace rondo::bench {

namespace {

using Names = std::vector<std::string>;

const Names& shapes() {
  static const Names list{"1x100x8x16",
                          "32x20x1x32",
                          "16x35x16x64",
                          "32x100x64x128",
                          "64x50x128x256",
                          "128x100x256x512",
                          "32x400x32x128"};
  return list;
}

Names tape_suite() {
  return {"one_element_op", "composite_gru_1x100x8x16"};
}

Names gru_suite() {
  Names names;
  for (const std::string& shape : shapes()) {
    names.push_back("forward_backward_" + shape);
    names.push_back("forward_backward_" + shape + "_with_input_gradient");
  }
  for (const char* const shape : {"32x100x64x128", "32x20x1x32"}) {
    for (const char* const variant : {"mask",
                                      "recurrent_dropout",
                                      "dropout",
                                      "reset_before",
                                      "go_backwards",
                                      "return_sequences"}) {
      names.push_back(std::string("forward_backward_") + shape + "_" + variant);
    }
  }
  for (const char* const shape : {"32x100x64x128", "32x20x1x32"}) {  // what oneDNN has, too
    for (const char* const variant : {"reset_before", "go_backwards", "return_sequences"}) {
      names.push_back(std::string("forward_backward_") + shape + "_" + variant +
                      "_with_input_gradient");
    }
  }
  for (const char* const shape :
       {"1x100x8x16", "32x100x16x64", "32x100x64x128", "128x100x256x512"}) {
    for (const char* const cell : {"composite_", "composite_lstm_", "composite_mgu_"}) {
      names.push_back(cell + std::string(shape));
    }
  }
  return names;
}

Names trainer_suite() {
  Names names;
  for (const std::string& shape : shapes()) {
    names.push_back("train_step_" + shape);
  }
  return names;
}

Names stream_suite() {
  return {"stream_8x16", "stream_64x128", "stream_128x256", "stream_256x512"};
}

Names start_suite() {
  return {"start_32x100x64x128", "tape_bytes_32x400x32x128"};
}

struct Suite {
  const char* name;
  Names (*works)();
};

constexpr Suite suites[] = {{"tape", tape_suite},  // NOLINT(modernize-avoid-c-arrays)
                            {"gru", gru_suite},
                            {"trainer", trainer_suite},
                            {"stream", stream_suite},
                            {"start", start_suite}};

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Names suite_names() {
  Names names{"all"};
  for (const Suite& suite : suites) {
    names.emplace_back(suite.name);
  }
  return names;
}

Names works_of(const Names& wanted, const Names& wanted_shapes) {
  Names names;
  for (const Suite& suite : suites) {
    if (contains(wanted, suite.name) || contains(wanted, "all")) {
      const Names works = suite.works();
      names.insert(names.end(), works.begin(), works.end());
    }
  }
  std::erase_if(names, [&](const std::string& name) {
    const std::string shape = parse_work(name).shape_text;
    return !shape.empty() && !wanted_shapes.empty() && !contains(wanted_shapes, shape);
  });
  return names;
}

}  // namespace rondo::bench
