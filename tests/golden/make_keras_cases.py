#!/usr/bin/env python3
"""Makes parity cases with the real Keras 3 or tf-keras: random ones, or the committed set."""

import argparse
import zlib

import numpy as np

from case_data import draw_calls, draw_call, draw_dropout_masks, draw_sizes, draw_weights
from case_format import chance, is_single_stable, pick, write_case
from case_options import FLOAT32_CONSTANTS, KINDS, LOOP_KINDS, acting_rates, activations_of, draw_options
from curated_keras import curated
from keras_systems import answer, versions, with_answers

PREFIXES = {"keras": "k3", "tf-keras": "tk"}
LARGEST_MAGNITUDE = 1e3
ATTEMPTS = 12  # with ever smaller weights


def add_tolerance(case):
    """TensorFlow rounds some constants to float32, also in double: such a case names its own tolerance."""
    if case["dtype"] != "float64":
        return
    rounded = sorted(name for name in activations_of(case) if name in FLOAT32_CONSTANTS)
    if case["kind"] == "gru_losses":
        rounded.append("regularizers")
    if rounded:
        case["tolerance"] = 1e-6
        case["note"] = f"TensorFlow holds constants of {', '.join(rounded)} in float32"


def magnitude(value):
    if value is None:
        return 0.0
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return max((magnitude(entry) for entry in value), default=0.0)
    size = float(np.max(np.abs(value)))
    return size if np.isfinite(size) else np.inf


def shaken(rng, value):
    """The numbers of a structure, each off by one rounding to single precision."""
    if isinstance(value, dict):
        return {name: shaken(rng, entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [shaken(rng, entry) for entry in value]
    return value if value is None else value * (1 + 2.0**-24 * float(rng.choice([-1, 1])))


def is_well_conditioned(case, exact):
    """Whether such numbers cost each answer no more than a part of its tolerance; a single run may be lucky."""
    rng = np.random.default_rng(zlib.crc32(case["id"].encode()))
    calls = [{**call, **{name: shaken(rng, call[name]) for name in ("x", "initial_state")}}
             for call in case["calls"]]  # fmt: skip
    other, _ = answer({**case, "weights": shaken(rng, case["weights"]), "calls": calls}, "float64")
    return is_single_stable(exact, other)


def answered(case):
    """The case with the answers of the system, or None if it depends on a kink or on rounding."""
    exact, distance = answer(case, "float64")
    if distance < (1e-9 if case["dtype"] == "float64" else 3e-5):
        return None
    if magnitude(exact) > LARGEST_MAGNITUDE:
        return None
    if case["dtype"] == "float64" and "tolerance" not in case:
        return with_answers(case, exact)
    single, _ = answer(case, "float32")
    if case["dtype"] == "float32":
        stable = is_single_stable(exact, single) and is_well_conditioned(case, exact)
        return with_answers(case, single) if stable else None
    # Constants that are off by 1e-8 must cost no more than 1e-6: single precision, no more than 5e-6.
    stable = is_single_stable(exact, single, slack=0.5, tolerances=(1e-5, 1e-5))
    return with_answers(case, exact) if stable else None


def make_case(rng, case, sizes, draw):
    """Draws numbers until the case is well conditioned. draw(): its calls."""
    add_tolerance(case)
    scale = pick(rng, [0.4, 0.55, 0.7])
    for attempt in range(ATTEMPTS):
        full = dict(case)
        full["weights"] = draw_weights(rng, case, sizes["features"], scale * 0.85**attempt)
        if acting_rates(case):
            full["dropout_masks"] = draw_dropout_masks(rng, case, sizes)
        full["calls"] = draw(sizes)
        if (result := answered(full)) is not None:
            return result
    return None


def head(identifier, system, kind, dtype, options, training):
    case = {
        "id": f"{PREFIXES[system]}_{identifier}", "kind": kind, "system": system, **versions(system),
        "dtype": dtype, "options": options,
    }  # fmt: skip
    if training is not None:
        case["training"] = training
    return case


def random_case(system, seed, index):
    """Case number `index` of a seed; it does not depend on the others."""
    rng = np.random.default_rng([seed, zlib.crc32(system.encode()), index])
    while True:
        kind = pick(rng, list(KINDS[system]), list(KINDS[system].values()))
        dtype = "float32" if chance(rng, 0.35) else "float64"
        masked = kind in LOOP_KINDS and chance(rng, 0.5)
        options = draw_options(rng, system, kind, masked)
        training = chance(rng, 0.8) if kind in ("gru_cell", "rnn_gru_cell") else None
        case = head(f"{kind}_{seed}_{index:05d}", system, kind, dtype, options, training)
        sizes = draw_sizes(rng)
        made = make_case(rng, case, sizes, lambda s: draw_calls(rng, case, s, masked))
        if made is not None:
            return made


def curated_case(system, spec):
    rng = np.random.default_rng(zlib.crc32(f"{system} {spec['name']}".encode()))
    batch, steps, features = spec.get("sizes", (2, 4, 2))
    options = dict(spec["options"])
    size = "num_units" if spec["kind"].startswith("v1") else "units"
    if "cells" not in options:
        options = {size: 3, **options}
    training = spec.get("training")
    case = head(spec["name"], system, spec["kind"], spec["dtype"], options, training)
    sizes = {"batch": batch, "steps": steps, "features": features}

    def draw(sizes):
        return [draw_call(rng, case, sizes, form, given) for form, given in spec["calls"]]

    made = make_case(rng, case, sizes, draw)
    if made is None:
        raise RuntimeError(f"{case['id']} is badly conditioned with all weights tried")
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--system", choices=sorted(PREFIXES), required=True)
    parser.add_argument("--out", required=True, help="folder for the cases")
    parser.add_argument("--cases", type=int, default=100, help="number of random cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--curated", action="store_true", help="the committed set instead")
    arguments = parser.parse_args()
    system = arguments.system
    specs = curated(system) if arguments.curated else range(arguments.cases)
    for done, spec in enumerate(specs, start=1):
        if arguments.curated:
            write_case(arguments.out, curated_case(system, spec))
        else:
            write_case(arguments.out, random_case(system, arguments.seed, spec))
        if done % 100 == 0 or done == len(specs):
            print(f"{system}: {done} of {len(specs)} cases", flush=True)


if __name__ == "__main__":
    main()
