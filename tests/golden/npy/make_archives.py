"""Archives that NumPy does not write: python make_archives.py"""
import pathlib
import struct
import zipfile

here = pathlib.Path(__file__).parent


def header(shape):
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }\n" % shape
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def write(name, entries):
    with zipfile.ZipFile(here / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry, content in entries.items():
            archive.writestr(zipfile.ZipInfo(entry), content, zipfile.ZIP_DEFLATED, 9)


write("bomb.npz", {"a.npy": header(1) + bytes(40_000_000), "liar.npy": header(1_000_000_000)})
write("note.npz", {"a.npy": header(1) + bytes(4), "readme.txt": "no array", "folder/": b""})
