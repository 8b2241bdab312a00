"""A commented study file to start from."""

from importlib.resources import files
from pathlib import Path

from umbo.errors import StudyError


def template() -> str:
    """Give the text of the study file to start from."""
    file = files("umbo.data").joinpath("studies", "template.yaml")
    return file.read_text(encoding="utf-8")


def new_study(path: str | Path) -> Path:
    """Write a commented study file to start from; never over a file that is there.

    Args:
        path: Where to write it; ``.yaml`` is added to a name without an ending.

    Returns:
        The path of the file written.

    Raises:
        StudyError: Something stands there already, or it cannot be written.
    """
    target = Path(path)
    if not target.suffix:
        target = target.with_suffix(".yaml")
    write_new(target, template())
    return target


def write_new(target: Path, text: str) -> None:
    """Write a study file; never over a file that is there.

    Raises:
        StudyError: Something stands there already, or it cannot be written.
    """
    try:
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise StudyError(f"{target}: stands there already; give another name") from None
    except OSError as error:
        raise StudyError(
            f"{target}: cannot be written ({error.strerror}); give a folder that you may write to"
        ) from None
