"""Drives a program through AT-SPI, as a screen reader would; run by the system's Python, which has pyatspi.

Reads one JSON command a line on stdin, answers with one JSON line: {"ok": value} or {"error": text}.
"""

import json
import sys
import time

import pyatspi


def application(name):
    for found in pyatspi.Registry.getDesktop(0):
        if found is not None and found.name == name:
            return found
    raise LookupError(f"no application {name!r}; there are {[a.name for a in pyatspi.Registry.getDesktop(0) if a]}")


def showing(node):
    return node.getState().contains(pyatspi.STATE_SHOWING)


def walk(node, hidden):
    """Depth first. What is not shown is passed over, with everything below it."""
    yield node
    for child in node:
        if child is not None and (hidden or showing(child)):
            yield from walk(child, hidden)


def find(command):
    """The nodes that fit `name` (exact), `contains`, `role`, inside the node that `within` names."""
    roots = [application(command["application"])]
    if command.get("within"):
        roots = [n for n in walk(roots[0], command.get("hidden", False)) if n.name == command["within"]]
    found = []
    for root in roots:
        for node in walk(root, command.get("hidden", False)):
            if fits(node, command):
                found.append(node)
    return found


def fits(node, command):
    if "name" in command and node.name != command["name"]:
        return False
    if "contains" in command and command["contains"] not in node.name + text_of(node):
        return False
    return "role" not in command or node.getRoleName() == command["role"]


def one(command):
    found = find(command)
    if not found:
        raise LookupError("nothing fits " + json.dumps({k: v for k, v in command.items() if k != "op"}))
    return found[command.get("nth", 0)]


def text_of(node):
    try:
        return node.queryText().getText(0, -1)
    except NotImplementedError:
        return ""


def told(node):
    states = [pyatspi.stateToString(s).replace("STATE_", "") for s in node.getState().getStates()]
    return {
        "role": node.getRoleName(),
        "name": node.name,
        "description": node.description,
        "text": text_of(node),
        "states": states,
        "actions": actions(node),
        "box": box(node),
    }


def box(node):
    try:
        e = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        return [e.x, e.y, e.width, e.height]
    except NotImplementedError:
        return None


def actions(node):
    try:
        action = node.queryAction()
        return [action.getName(i) for i in range(action.nActions)]
    except NotImplementedError:
        return []


def do(node, wanted=None):
    """Perform the named action, or the first that presses, toggles or shows."""
    names = actions(node)
    for name in [wanted] if wanted else ["Press", "click", "Toggle", "ShowMenu", "SetFocus"]:
        if name in names:
            node.queryAction().doAction(names.index(name))
            return name
    raise LookupError(f"{node.name!r} offers {names}")


def select(node):
    node.parent.querySelection().selectChild(node.getIndexInParent())


def tree(node, depth, hidden):
    yield "  " * depth + f"{node.getRoleName()} {node.name!r} {text_of(node)[:60]!r} {actions(node)}"
    for child in node:
        if child is not None and (hidden or showing(child)):
            yield from tree(child, depth + 1, hidden)


def drawn(command):
    root = one(command) if "name" in command else application(command["application"])
    return "\n".join(tree(root, 0, command.get("hidden", False)))


OPERATIONS = {
    "find": lambda c: [told(n) for n in find(c)],
    "one": lambda c: told(one(c)),
    "do": lambda c: do(one(c), c.get("action")),
    "focus": lambda c: one(c).queryComponent().grabFocus(),
    "set_text": lambda c: one(c).queryEditableText().setTextContents(c["text"]),
    "set_value": lambda c: setattr(one(c).queryValue(), "currentValue", c["value"]),
    "select": lambda c: select(one(c)),
    "tree": drawn,
}

for line in sys.stdin:
    command = json.loads(line)
    deadline = time.monotonic() + command.get("seconds", 0)
    while True:
        try:
            answer = {"ok": OPERATIONS[command["op"]](command)}
        except Exception as error:  # noqa: BLE001 - every failure is an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
        print(json.dumps(answer), flush=True)
        break
