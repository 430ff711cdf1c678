"""How the program died: the exception, the operation that raised it and what that was given."""

import ast
import linecache
import sys
import textwrap
from types import FrameType, TracebackType
from typing import Any, Dict, List, Optional, Tuple, Type

from . import guard, site
from .probe import Probe

_MOST_MESSAGE = 4000
_MOST_INPUTS = 8
_MOST_LINES = 32

_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul", ast.Pow: "pow", ast.Mod: "remainder",
    ast.FloorDiv: "floor_divide", ast.BitAnd: "bitwise_and", ast.BitOr: "bitwise_or",
}


def start(probe: Probe) -> None:
    """Takes the place of the interpreter's hook; a program that puts its own in that place is asked at the end."""
    before = sys.excepthook

    def excepthook(type: Type[BaseException], value: BaseException, traceback: Optional[TracebackType]) -> None:  # noqa: A002
        if probe.active:
            try:
                record(probe, type, value, traceback)
            except Exception as error:
                guard.fault(error)
        clean = guard.strip(traceback)
        guard.strip_all(value)
        hook = before if before is not excepthook else sys.__excepthook__
        hook(type, value, clean)

    sys.excepthook = excepthook


def record(probe: Probe, type: Type[BaseException], value: BaseException, traceback: Any) -> None:  # noqa: A002
    if probe.died is not None:
        return
    probe.died = value
    probe.busy = True
    probe.program_started()
    passes = getattr(probe, "passes", None)
    current = None if passes is None else passes.current
    failed, module = (None, None) if passes is None else passes.failed_in
    traceback = guard.strip(traceback)
    operation, inputs = (None, []) if issubclass(type, (KeyboardInterrupt, SystemExit)) else _operation_of(traceback)
    seen = getattr(getattr(probe, "tracer", None), "failed", None)
    if seen is not None and seen[0] is value and operation != "backward":
        # It failed while every operation was looked at.
        operation, inputs = seen[1:]
    probe.tell("exception", type, value, traceback)
    probe.emit(
        "exception-raised",
        type=type.__name__,
        message=str(value)[:_MOST_MESSAGE],
        step=probe.step,
        phase=None if current is None or current.phase == "unknown" else current.phase,
        operation=operation,
        module=module if failed is value else None,
        inputs=inputs or None,
        stack=site.stack(traceback),
    )
    probe.busy = False


def _operation_of(traceback: Any) -> Tuple[Optional[str], List[Dict[str, Any]]]:
    """The call or operator of torch that raised, and the tensors that it was given, as far as plain names lead to them."""
    torch = sys.modules.get("torch")
    if torch is None or traceback is None:
        return None, []
    frames: List[Tuple[FrameType, int, int]] = []
    while traceback is not None:
        if not guard.is_ours(traceback.tb_frame.f_code.co_filename):
            frames.append((traceback.tb_frame, traceback.tb_lineno, traceback.tb_lasti))
        traceback = traceback.tb_next
    if any(f.f_code.co_filename.endswith("autograd/__init__.py") and f.f_code.co_name in ("backward", "grad") for f, _, _ in frames[-2:]):
        loss = next((v for f, _, _ in reversed(frames) for v in [f.f_locals.get("self"), f.f_locals.get("tensors")] if isinstance(v, torch.Tensor)), None)
        return "backward", [] if loss is None else [_outline(loss)]
    frame, line, at = frames[-1] if frames else (None, 0, -1)
    if frame is None:
        return None, []
    for node in _candidates(frame, line, at):
        name, arguments = _named(node, frame)
        tensors = [t for t in (_value(a, frame) for a in arguments) if isinstance(t, torch.Tensor)]
        if name is not None and (tensors or _is_torch(node, frame)):
            return name, [_outline(t) for t in tensors[:_MOST_INPUTS]]
    return None, []


def _candidates(frame: FrameType, line: int, at: int) -> List[ast.AST]:
    """Expressions that may have been running: the one, where Python tells its place, else all calls and operators of the statement, inner ones first."""
    source = linecache.getline(frame.f_code.co_filename, line)
    last = line
    place = None
    if hasattr(frame.f_code, "co_positions"):
        positions = list(frame.f_code.co_positions())
        if 0 <= at // 2 < len(positions):
            place = positions[at // 2]
            if None not in place and place[1] > line and place[1] - line < 50:  # type: ignore[operator]
                last = place[1]  # type: ignore[assignment]
    text = textwrap.dedent(source)
    shift = len(source) - len(source.lstrip())
    tree: Optional[ast.AST] = None
    for _ in range(_MOST_LINES):
        # A statement of several lines, or the head of a block.
        for attempt in (text, text.rstrip() + " pass\n") if text.rstrip().endswith(":") else (text,):
            try:
                tree = ast.parse(attempt.strip())
                break
            except SyntaxError:
                continue
        if tree is not None:
            break
        last += 1
        following = linecache.getline(frame.f_code.co_filename, last)
        if not following:
            break
        text += following
    if tree is None:
        return []
    found = [n for n in ast.walk(tree) if isinstance(n, (ast.Call, ast.BinOp, ast.AugAssign, ast.Subscript))]
    if place is not None and None not in place:
        exact = [
            n for n in found
            if n.col_offset + shift == place[2] and n.lineno - 1 + line == place[0] and (n.end_col_offset or 0) + (shift if n.end_lineno == 1 else 0) == place[3]
        ]
        return list(exact)
    return list(reversed(found)) if len(found) == 1 else []


def _named(node: ast.AST, frame: FrameType) -> Tuple[Optional[str], List[ast.AST]]:
    if isinstance(node, ast.Call):
        arguments: List[ast.AST] = list(node.args) + [k.value for k in node.keywords]
        if isinstance(node.func, ast.Attribute):
            return node.func.attr, [node.func.value, *arguments]
        return (node.func.id, arguments) if isinstance(node.func, ast.Name) else (None, [])
    if isinstance(node, ast.BinOp):
        return _OPERATORS.get(type(node.op)), [node.left, node.right]
    if isinstance(node, ast.AugAssign):
        return _OPERATORS.get(type(node.op)), [node.target, node.value]
    if isinstance(node, ast.Subscript):
        return "index", [node.value, node.slice]
    return None, []


def _value(node: ast.AST, frame: FrameType) -> Any:
    """The value of a plain name or of a plain field: nothing of the program is run for it."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, frame)
        fields = getattr(owner, "__dict__", None) if owner is not None else None
        if not isinstance(fields, dict):
            return None
        for place in (fields, fields.get("_parameters"), fields.get("_buffers")):
            if isinstance(place, dict) and node.attr in place:
                return place[node.attr]
    return None


def _is_torch(node: ast.AST, frame: FrameType) -> bool:
    """A call of something that torch has."""
    function: Any = None
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            function = _value(node.func, frame)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, (ast.Name, ast.Attribute)):
            owner = _value(node.func.value, frame)
            function = vars(owner).get(node.func.attr) if owner is not None and hasattr(owner, "__path__") or type(owner).__name__ == "module" else None
    return function is not None and str(getattr(function, "__module__", "") or "").split(".")[0] in ("torch", "_VF") or type(function).__name__ == "builtin_function_or_method" and str(
        getattr(function, "__module__", "")
    ).startswith("torch")


def _outline(tensor: Any) -> Dict[str, Any]:
    from . import facts

    return facts.tensor_facts(tensor)
