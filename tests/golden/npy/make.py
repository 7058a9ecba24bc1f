"""Files written by NumPy (../requirements.txt has its version): python make.py"""
import pathlib

import numpy as np
from numpy.lib import format as npy_format

here = pathlib.Path(__file__).parent
float32 = np.array([[1.5, -2.0, 0.1], [3.0, 1e30, -0.0]], dtype="<f4")
float64 = np.array([0.1, -1e300])
int32 = np.array([[[-1], [2]], [[3], [-(2**31)]]], dtype="<i4")
int64 = np.array(2**53 + 1, dtype="<i8")
uint8 = np.array([0, 200, 255], dtype="|u1")
boolean = np.array([True, False, True])


def write(name, array, version=None):
    with open(here / name, "wb") as file:
        npy_format.write_array(file, array, version=version)


write("float32.npy", float32)
write("float32_v2.npy", float32, version=(2, 0))
write("float32_v3.npy", float32, version=(3, 0))
write("float64.npy", float64)
write("int32.npy", int32)
write("int64_scalar.npy", int64)
write("uint8.npy", uint8)
write("bool.npy", boolean)
write("empty.npy", np.zeros((0, 3), dtype="<f4"))
write("fortran.npy", np.asfortranarray(float32))
write("big_endian.npy", float32.astype(">f4"))
write("object.npy", np.array([None], dtype=object))
write("complex.npy", np.array([1j]))
write("structured.npy", np.zeros(1, dtype=[("a", "<f4")]))
write("rank_5.npy", np.zeros((1,) * 5, dtype="<f4"))
np.savez(here / "stored.npz", float32=float32, labels=int32)
np.savez_compressed(here / "deflated.npz", float32=float32, zeros=np.zeros(1000))
np.savez(here / "names.npz", w=np.arange(6, dtype="<f4").reshape(2, 3), names=np.array(["a", "b"]))
w = np.arange(6, dtype="<f4").reshape(2, 3)
np.savez(here / "transposed.npz", w=w, t=w.T)
