"""The loop of questions and answers. A peer is a module with `identity()` → (name, version, threads,
remark) and `prepare(work)` → None or (run, results); `results()` gives the sum of the outputs and the
sum of squares of the recurrent kernel's gradient, or None where nobody compares."""

import sys
import time

from work import Work


def _time(run, times):
    cpu = time.process_time()
    start = time.perf_counter()
    for _ in range(times):
        run()
    return f"{1e9 * (time.perf_counter() - start)} {1e9 * (time.process_time() - cpu)}"


def serve(peer, answers):
    print("hello", *peer.identity(), sep="\t", file=answers)
    run = None
    for line in sys.stdin:
        command, argument = line.split()
        try:
            if command == "time":
                answer = _time(run, int(argument))
            else:
                run = None  # frees the memory of the previous work first
                prepared = peer.prepare(Work(argument))
                answer = "none"
                if prepared is not None:
                    run, results = prepared
                    run()
                    values = results() or (float("nan"), float("nan"))
                    answer = f"ready {values[0]} {values[1]}"
        except Exception as problem:  # the harness says it and goes on with the others
            answer = "error\t" + " ".join(f"{type(problem).__name__}: {problem}".split())[:300]
        print(answer, file=answers)
