"""The accuracy gate: figures that must not fall, kept with the fingerprint of the gold standard they were measured on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SLACK = 0.0005  # figures are kept to four places


def fingerprint(folder: Path, pattern: str = "*.json") -> str:
    """One mark for a folder's files: another gold standard makes another mark."""
    return _mark(sorted(folder.glob(pattern)), folder)


def version(root: Path) -> str:
    """One mark for the program that reads: the code and word lists of the text core below ``root``."""
    files = [path for room in ("reading", "analysis", "matching") for path in (root / room).rglob("*")]
    return _mark(sorted(path for path in files if path.suffix in {".py", ".txt", ".json"}), root)[:12]


def _mark(files: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def figures(report: dict[str, Any]) -> dict[str, float]:
    """The figures that are held, by name: goal.value.f1, goal.fields.organisation, match_quantified.precision …"""
    found: dict[str, float] = {}
    for kind in ("goal", "result"):
        found |= {f"{kind}.{name}.f1": report[kind][name]["f1"] for name in ("value", "strict")}
        found |= {f"{kind}.fields.{name}": share for name, share in report[kind]["fields"].items()}
    if report["goal"]["qualitative_recall"] is not None:
        found["goal.qualitative_recall"] = report["goal"]["qualitative_recall"]
    for kind in ("match", "match_quantified"):
        found |= {f"{kind}.{name}": report[kind][name] for name in ("precision", "recall")}
    return found


def drops(report: dict[str, Any], kept: dict[str, Any], gold_mark: str) -> Iterator[str]:
    """A sentence for each figure below its floor, and for a gold standard that is not the one measured on."""
    if kept["gold"] != gold_mark:
        yield "标准答案变了，下限不再适用。请重新测定：evaluate … --write-floors。"
    now = figures(report)
    for name, floor in kept["floors"].items():
        if now.get(name, 0.0) < floor - SLACK:
            yield f"{name} 由 {floor:.4f} 降为 {now.get(name, 0.0):.4f}"
    if report["quotes_not_in_the_text"]:
        yield f"有 {report['quotes_not_in_the_text']} 条引文不在原文中"
