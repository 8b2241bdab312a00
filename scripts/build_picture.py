"""Make the picture of the README from a run folder.

Run ``umbo run reference --out RUN`` first, then ``python scripts/build_picture.py RUN``.
"""

import sys
from pathlib import Path

from umbo.app.report import write_picture
from umbo.study.store import read_run

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "reference.png"

if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    write_picture(PICTURE, read_run(Path(sys.argv[1])).tables)
