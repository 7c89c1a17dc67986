"""The walks of ../walks: steps that any client can take, and what each has to come to."""

import json
import re
from pathlib import Path

from adapters import Failed

FOLDER = Path(__file__).parent.parent / "walks"


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def fill(value, kept):
    """Puts what was kept in place of `$name`, and repeats what is to be repeated."""
    match value:
        case str():
            return re.sub(r"\$(\w+)", lambda name: kept[name[1]], value)
        case {"times": times, "item": item}:
            item = json.dumps(item)
            return [json.loads(item.replace("%", str(number))) for number in range(times)]
        case dict():
            return {key: fill(inner, kept) for key, inner in value.items()}
        case list():
            return [fill(inner, kept) for inner in value]
    return value


def look(answer, path):
    """`A.*.B` is the list of every B below A; what is absent is None."""
    head, _, rest = path.partition(".")
    if not head:
        return answer
    if head == "*":
        return [look(item, rest) for item in answer]
    return None if answer is None else look(answer.get(head), rest)


def take(client, step, kept):
    """One step; fails the test where it comes to something else."""
    operation, parameters = step["call"], fill(step["with"], kept)
    where = f"{client.name}: {operation} {parameters}"
    try:
        answer, status = client.call(operation, parameters)
    except Failed as failed:
        assert failed.name == step.get("fails"), where
        assert failed.status in (None, step["status"]), where
        # No client has a class for an operation that the service does not know.
        expected = failed.name != "UnknownOperationException"
        assert failed.modelled in (None, expected), where
        return
    assert "fails" not in step, f"{where} should have failed, but gave {answer}"
    assert status in (None, step["status"]), where
    for path, expected in step.get("expect", {}).items():
        assert look(answer, path) == fill(expected, kept), f"{where}: {path} in {answer}"
    for name, path in step.get("keep", {}).items():
        kept[name] = look(answer, path)
        assert kept[name], f"{where}: {path} in {answer}"
