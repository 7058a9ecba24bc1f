/// The names of choices in configs: one table for reading and for writing. For the sources of
/// layers.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "rondo/core/detail/named_table.hpp"
#include "rondo/layers/config.hpp"
#include "rondo/layers/initializers.hpp"
#include "rondo/layers/recurrent/options.hpp"
#include "rondo/layers/regularizers.hpp"

namespace rondo {

template <class Enum>
constexpr auto choices = nullptr;

template <>
inline constexpr std::array<Named<MaskedOutput>, 2> choices<MaskedOutput>{
    {{{"previous_output"}, MaskedOutput::previous_output},
     {{"previous_state"}, MaskedOutput::previous_state}}};

template <>
inline constexpr std::array<Named<MergeMode>, 5> choices<MergeMode>{
    {{{"concat"}, MergeMode::concat},
     {{"sum"}, MergeMode::sum},
     {{"mul"}, MergeMode::mul},
     {{"ave"}, MergeMode::ave},
     {{"none"}, MergeMode::none}}};

template <>
inline constexpr std::array<Named<FanMode>, 3> choices<FanMode>{{{{"fan_in"}, FanMode::fan_in},
                                                                 {{"fan_out"}, FanMode::fan_out},
                                                                 {{"fan_avg"}, FanMode::fan_avg}}};

template <>
inline constexpr std::array<Named<Distribution>, 4> choices<Distribution>{
    {{{"truncated_normal"}, Distribution::truncated_normal},
     {{"untruncated_normal"}, Distribution::untruncated_normal},
     {{"uniform"}, Distribution::uniform},
     {{"uncorrected_truncated_normal"}, Distribution::uncorrected_truncated_normal}}};

template <>
inline constexpr std::array<Named<OrthogonalMode>, 2> choices<OrthogonalMode>{
    {{{"rows"}, OrthogonalMode::rows}, {{"columns"}, OrthogonalMode::columns}}};

/// The name of a choice.
template <class Enum>
requires std::is_enum_v<Enum>

[[nodiscard]] Config to_config(Enum choice) {
  const auto found = std::find_if(choices<Enum>.begin(), choices<Enum>.end(), [&](const auto& row) {
    return row.value == choice;
  });
  return found == choices<Enum>.end() ? Config() : Config(found->name());
}

}  // namespace rondo
