"""A file of 30 kB that unpacks to 30 MB: python make.py"""
import gzip
import pathlib

here = pathlib.Path(__file__).parent
(here / "bomb.gz").write_bytes(gzip.compress(bytes(30_000_000), 9, mtime=0))
