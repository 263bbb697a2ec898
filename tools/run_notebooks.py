#!/usr/bin/env python3
"""Executes notebooks in a real evcxr kernel and fails on any error.

    python tools/run_notebooks.py [docs/notebooks/NAME.ipynb ...]

Needs nbclient and nbformat, and the kernel `rust` (docs/notebooks/README.md). A panic or a failed `?` does not fail a cell of
the kernel, so anything on stderr fails the notebook here, and its last cell must print "notebook ok". A cell tagged
`shows:<mime type>` must show that. Executed copies are left in target/notebooks. Beside the time of a notebook stands the CPU
time of its first cell, which compiles the crate where it has not been yet: under 45 s from nothing.
"""
import os
import pathlib
import sys
import time

import nbclient
import nbformat

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What the kernel always says when there is no evcxr.toml.
HARMLESS = ("No configuration file found",)


def complaints(notebook):
    """What is wrong with an executed notebook."""
    last = None
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        last = cell
        shown = set()
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                text = output.text.strip()
                if text and not text.startswith(HARMLESS):
                    yield f"cell {number} or the one before wrote on stderr: {text}"
            shown.update(output.get("data", {}))
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("shows:") and tag[6:] not in shown:
                yield f"cell {number} should show {tag[6:]} and shows {sorted(shown)}"
    printed = "".join(o.text for o in last.outputs if o.output_type == "stream") if last else ""
    if "notebook ok" not in printed:
        yield f'the last cell does not print "notebook ok": {printed!r}'


def cpu_seconds(root):
    """CPU time of a process and of all that it has started, on Linux; what has ended counts by whom it was waited for."""
    seconds, waiting = 0.0, [root]
    while waiting:
        pid = waiting.pop()
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += children.read_text().split()
        except OSError:
            pass
    return seconds


def run(path):
    notebook = nbformat.read(path, as_version=4)
    started, first = time.time(), []

    def executed(**_):
        if not first:
            first.append(cpu_seconds(client.km.provisioner.pid))

    client = nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="rust",
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_executed=executed,
    )
    try:
        client.execute()
        found = list(complaints(notebook))
    except nbclient.exceptions.CellExecutionError as error:
        found = [str(error)]
    folder = ROOT / "target" / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / path.name)
    cell = f"first cell {first[0]:.0f} s of CPU" if first else "no cell was executed"
    print(f"{path.name}: {'FAILED' if found else 'ok'} in {time.time() - started:.0f} s, {cell}", flush=True)
    for complaint in found:
        print(f"  {complaint}", flush=True)
    return not found


def main():
    # One folder for all kernels, so that the crate is compiled once; the lock file pins what cargo resolves.
    cache = ROOT / "target" / "evcxr"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "Cargo.lock").write_bytes((ROOT / "Cargo.lock").read_bytes())
    os.environ.setdefault("EVCXR_TMPDIR", str(cache))
    # The crate is compiled once, and not again in parts.
    os.environ.setdefault("CARGO_INCREMENTAL", "0")
    os.environ.setdefault("EVCXR_CONFIG_DIR", str(ROOT / "tools" / "evcxr"))
    paths = [pathlib.Path(name).resolve() for name in sys.argv[1:]] or sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
    good = [run(path) for path in paths]
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    return 0 if all(good) and good else 1


if __name__ == "__main__":
    sys.exit(main())
