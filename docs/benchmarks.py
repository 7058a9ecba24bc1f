#!/usr/bin/env python3
"""Tables of the JSON file of a benchmark run, as scripts/bench.sh --json writes it.

  docs/benchmarks.py FILE       prints them
  docs/benchmarks.py            writes those of docs/data/benchmarks.json into docs/benchmarks.md
  docs/benchmarks.py --check    fails if they are not there
"""
import json
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).parent
RUN = FOLDER / "data" / "benchmarks.json"
PAGE = FOLDER / "benchmarks.md"


def with_unit(row, statistic):
    """`12.3 ms`, `34.1 MiB`"""
    if f"{statistic}_bytes" in row:
        value, scales = row[f"{statistic}_bytes"], ((2**20, "MiB"), (2**10, "KiB"), (1, "bytes"))
    else:
        value, scales = row[f"{statistic}_ns"], ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns"))
    for factor, unit in scales:
        if value >= factor:
            return f"{value / factor:.3g} {unit}"
    return f"{value:.3g} {unit}"


def median(row):
    return row.get("median_bytes", row.get("median_ns"))


def ratio(row, other):
    return f"{median(row) / median(other):.2f}" if other else ""


def tables(run):
    rows = run["rows"]
    found = {(row["name"], row["threads"], row["peer"]): row for row in rows}
    lines = [f"{run['date']}, {run['machine']}. Ratios are those of medians."]
    if run["busy"]:
        lines[0] += " **Other programs were running, so these numbers are worth little.**"
    for threads in sorted({row["threads"] for row in rows}):
        lines += ["", f"Threads: {threads}", "",
                  "| row | program | minimum | median | times rondo's | times the limit |",
                  "| --- | --- | --- | --- | --- | --- |"]
        for row in rows:
            if row["threads"] != threads or row["peer"] == "limit":
                continue
            others = [found.get((row["name"], threads, peer)) for peer in ("rondo", "limit")]
            cells = [row["name"], f"{row['peer']} {row['version']}", with_unit(row, "min"),
                     with_unit(row, "median"), ratio(row, others[0]), ratio(row, others[1])]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def read(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"benchmarks.py: {path}: {error}")


def main(arguments):
    if arguments and arguments != ["--check"]:
        print(tables(read(pathlib.Path(arguments[0]))))
        return
    old = PAGE.read_text()
    form = r"(<!-- generated: docs/benchmarks.py -->\n).*?(<!-- end -->)"
    new = re.sub(form, lambda m: f"{m[1]}{tables(read(RUN))}\n{m[2]}", old, flags=re.DOTALL)
    if arguments and new != old:
        sys.exit(f"benchmarks.py: {PAGE} does not have the numbers of {RUN}: run docs/benchmarks.py")
    PAGE.write_text(new)


main(sys.argv[1:])
