from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import platform
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.benchmarks import Row

TARGET = settings.BASE_DIR / "docs" / "BENCHMARKS.md"
INTRODUCTION = (
    "# 测速\n\n`make bench` 量全部各项，`manage.py bench 名称` 只量一项；每节写明机器、日期、命令和开始时的负载。"
    "绝对秒数随机器而变；请看“倍数”，它是同一次运行里与参照之比。\n"
)
HEAD = "| 项目 | 规模 | 秒 | 参照 | 倍数 | 说明 |\n| --- | --- | ---: | --- | ---: | --- |\n"


def find_benchmarks() -> dict[str, ModuleType]:
    """name → module with ``run``, from the ``benchmarks`` package of every app that has one."""
    found = {}
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.benchmarks") is None:
            continue
        package = importlib.import_module(f"{config.name}.benchmarks")
        for entry in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{entry.name}")
            if hasattr(module, "run"):
                found[entry.name] = module
    return dict(sorted(found.items()))


class Command(BaseCommand):
    help = "测速：每项都与同一次运行里的参照相比。量过的各项写入 docs/BENCHMARKS.md 里自己的一节（机器、日期、命令、负载、表格），手写的说明留着。"

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*", metavar="NAME", help="只测这些（默认全部）；--list 看有哪些")
        parser.add_argument("--list", action="store_true", help="列出各项")
        parser.add_argument("--large", action="store_true", help="加上最大的一档（需要几 GB 内存和更多时间）")
        parser.add_argument("--files", type=int, default=0, metavar="N", help="最大的一档导入多少份（默认全部）")

    def handle(self, *args, names, large, files, **options):
        modules = find_benchmarks()
        if unknown := set(names) - set(modules):
            raise CommandError(f"没有这些测速项：{'、'.join(sorted(unknown))}。有：{'、'.join(modules)}")
        if options["list"]:
            for name, module in modules.items():
                self.stdout.write(f"{name}：{(module.__doc__ or '').splitlines()[0]}")
            return
        for name in names or modules:
            self.stderr.write(f"正在测 {name} …")
            head, lines = describe_run(name, largest=large, files=files), []
            for row in measure(modules[name], largest=large, files=files):
                lines.append(show(row))
                self.stdout.write(lines[-1])
            old = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
            TARGET.write_text(put_section(old, modules[name].TITLE, head, lines), encoding="utf-8")
        self.stdout.write(f"已写 {TARGET}")


def measure(module: ModuleType, **sizes: int) -> Iterator[Row]:
    """The rows of one benchmark; ``largest`` and ``files`` go to those that take them."""
    takes = inspect.signature(module.run).parameters
    return module.run(**{name: size for name, size in sizes.items() if name in takes})


def show(row: Row) -> str:
    """A row of the table."""
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return f"| {row.name} | {row.size} | {row.seconds:.4g} | {row.yardstick} | {ratio} | {row.note} |"


def put_section(text: str, title: str, head: str, lines: list[str]) -> str:
    """The page with a benchmark's section measured anew; what people wrote below its table (from ``### `` on) stays."""
    top, *sections = re.split(r"^## ", text or INTRODUCTION, flags=re.MULTILINE)
    found = {section.split("\n", 1)[0].strip(): section.split("\n", 1)[1] for section in sections}
    _, mark, remarks = found.get(title, "").partition("\n### ")
    found[title] = f"\n{head}\n\n{HEAD}" + "\n".join(lines) + f"\n{mark}{remarks}"
    return top.rstrip("\n") + "\n\n" + "\n\n".join(f"## {name}\n{body.rstrip()}" for name, body in found.items()) + "\n"


def describe_run(name: str, *, largest: bool, files: int) -> str:
    """Machine, date, command and load of a run, in a line."""
    command = f"manage.py bench {name}{' --large' if largest else ''}{f' --files {files}' if files else ''}"
    load = os.getloadavg()[0]
    return f"机器：{describe_machine()}。日期：{timezone.localdate()}。命令：`{command}`。开始时平均负载 {load:.1f}。"


def describe_machine() -> str:
    """Processor, cores, memory, system, Python."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = named[0] if named else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{cpu}，{os.cpu_count()} 核，{memory:.0f} GiB 内存，{platform.system()} {platform.release()}，Python {sys.version.split()[0]}"
