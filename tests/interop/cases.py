"""What the verify_*.py scripts share: finding cases, arrays from JSON, comparison, the closing line.

A case is a folder with expected.json: {"id", "format", "file", "expect", "compat", "calls": [{"inputs": [array], "outputs":
[array], "reset_states_before"}], "tolerance", "readers"}; an array is {"shape", "dtype", "values"}. The format is described
in case.hpp."""
import json
import os
import sys
import traceback

import numpy as np


def find_cases(arguments, formats, reader, by_default):
    """Folders below the arguments whose case has one of the formats and is meant for this reader."""
    found = []
    for root in arguments:
        for folder, _, files in sorted(os.walk(root)):
            if 'expected.json' not in files:
                continue
            with open(os.path.join(folder, 'expected.json'), encoding='utf-8') as f:
                case = json.load(f)
            wanted = reader in case['readers'] if 'readers' in case else by_default(case)
            if case['format'] in formats and case.get('expect', 'load') != 'refuse' and wanted:
                found.append((folder, case))
    return found


def to_array(entry):
    dtype = {'float32': np.float32, 'float64': np.float64, 'int32': np.int32, 'int64': np.int64}[entry['dtype']]
    return np.array(entry['values'], dtype).reshape(entry['shape'])


def largest_error(outputs, expected):
    """The largest deviation, relative to max(1, largest magnitude expected)."""
    if len(outputs) != len(expected):
        raise AssertionError(f'{len(outputs)} outputs, expected {len(expected)}')
    worst = 0.0
    for got, entry in zip(outputs, expected):
        want = to_array(entry).astype(np.float64)
        got = np.asarray(got, np.float64)
        if got.shape != want.shape:
            raise AssertionError(f'shape {list(got.shape)}, expected {list(want.shape)}')
        if not np.all(np.isfinite(got)):
            raise AssertionError('an output is not finite')
        if want.size:
            worst = max(worst, float(np.max(np.abs(got - want)) / max(1.0, np.max(np.abs(want)))))
    return worst


def run(cases, check):
    """check(folder, case) returns the largest error. Prints a line for each case, then the counts; exits with 1 on failure."""
    passed = failed = 0
    for folder, case in cases:
        name = case.get('id') or os.path.basename(folder)
        try:
            error = check(folder, case)
            tolerance = case.get('tolerance', 1e-5)
            if error > tolerance:
                raise AssertionError(f'largest error {error:.2e}, allowed {tolerance:.0e}')
            print(f'ok   {name}  {error:.1e}')
            passed += 1
        except Exception as problem:  # every problem of a case is its failure
            text = ' '.join(str(problem).split())
            print(f'FAIL {name}  {type(problem).__name__}: {text[:400]}')
            if os.environ.get('VERBOSE'):
                traceback.print_exc()
            failed += 1
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed or not passed else 0)
