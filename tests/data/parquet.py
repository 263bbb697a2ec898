"""Writes the Parquet files of tests/data/logs: python tests/data/parquet.py, with pyarrow 26."""

import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent / "logs"

# Ten runs about L = 1.7 + 400/N^0.34 + 400/D^0.28, rounded to four digits as a CSV of them would be.
rows = [(n, d) for n in (19_000_000, 48_000_000, 124_000_000, 355_000_000, 774_000_000) for d in (2e9, 16e9)]
losses = [round(1.7 + 400 / n**0.34 + 400 / d**0.28, 4) for n, d in rows]
runs = pa.table({
    "params_total": pa.array([n for n, _ in rows], pa.int64()),
    "tokens": pa.array([d for _, d in rows], pa.float64()),
    "val_loss": pa.array(losses, pa.float32()),
    "kind": ["sweep"] * 9 + ["extra"],
    "shape": pa.array([[2, 64]] * 10, pa.list_(pa.int32())),
})
for codec in ("none", "snappy", "gzip", "zstd", "lz4"):
    # Row groups of four rows and the newer pages in every second file.
    version = "2.0" if codec in ("gzip", "lz4") else "1.0"
    pq.write_table(runs, FOLDER / f"runs-{codec}.parquet", compression=codec, row_group_size=4,
                   data_page_version=version, store_schema=False)

# Three runs, every column of another type.
types = pa.table({
    "N": pa.array([19_000_000, 48_000_000, 124_000_000], pa.uint32()),
    "D": pa.array([decimal.Decimal("2000000000.00"), decimal.Decimal("16000000000.00"), decimal.Decimal("16.5e9")],
                  pa.decimal128(20, 2)),
    "C": pa.array([2.28e17, None, 1.2276e19], pa.float64()),
    "loss": pa.array([4.25, 3.5, 3.0], pa.float16()),
    "seed": pa.array([1, None, -3], pa.int8()),
    "good": pa.array([True, False, None]),
    "raw": pa.array([b"a", b"\xff", None], pa.binary()),
    "at": pa.array([datetime.datetime(2026, 1, 2, 3, 4, 5)] * 3, pa.timestamp("ms")),
})
pq.write_table(types, FOLDER / "types.parquet", compression="snappy", store_schema=False)

# A history of two runs with a validation every second point, and one NaN.
steps = list(range(0, 100, 10))
history = pa.table({
    "run": ["a"] * 10 + ["b"] * 10,
    "_step": pa.array(steps * 2, pa.int64()),
    "train/loss": pa.array([4 - s / 50 for s in steps] + [5 - s / 50 for s in steps[:-1]] + [float("nan")]),
    "val/loss": pa.array([None if s % 20 else top - s / 50 for top in (4.5, 5.5) for s in steps]),
})
pq.write_table(history, FOLDER / "history.parquet", compression="zstd", row_group_size=7, store_schema=False)
