"""What the recipes share (recipes/lib.sh), without root."""

import os
import subprocess
from pathlib import Path

import pytest

LIB = Path(__file__).resolve().parents[2] / "recipes" / "lib.sh"
DAY = 24 * 60 * 60

pytestmark = pytest.mark.cost(0.1, telling=3)


def sweep(cache: Path) -> set[str]:
    subprocess.run(
        ["bash", "-euc", f'. "{LIB}"; sweep image'],
        env={**os.environ, "GASTHOF_CACHE": str(cache)},
        check=True,
        timeout=60,
        capture_output=True,
    )
    return {path.name for path in cache.iterdir()}


def put(cache: Path, name: str, days: float) -> None:
    (cache / name).mkdir()
    (cache / name / "gasthof.raw").write_text(name)
    then = (cache / name).stat().st_mtime - days * DAY
    os.utime(cache / name, (then, then))


def test_old_images_are_swept_and_nothing_else(tmp_path):
    for days in range(2, 8):
        put(tmp_path, f"image-{days}", days)
    for other in ("image-9.new", "root-host-9", "guest-small-9"):
        put(tmp_path, other, 9)
    kept = {"image-2", "image-3", "image-4", "image-9.new", "root-host-9", "guest-small-9"}
    assert sweep(tmp_path) == kept


def test_what_was_used_today_stays(tmp_path):
    for number in range(6):
        put(tmp_path, f"image-{number}", number / 10)
    put(tmp_path, "image-old", 2)
    assert sweep(tmp_path) == {f"image-{number}" for number in range(6)}
