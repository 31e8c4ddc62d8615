from __future__ import annotations

import os

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tracker.supervisor import Supervisor, is_free, product, wait_until_up, web_processes


def add_serve_arguments(parser):
    """Options that ``serve`` and ``demo`` share."""
    cores = os.cpu_count() or 1
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1，只限本机；对外服务用 0.0.0.0）")
    parser.add_argument("--port", type=int, default=8000, help="端口（默认 8000）")
    parser.add_argument("--web", type=int, default=web_processes(), help="网站进程数（默认为处理器核数的两倍，最多 8）")
    parser.add_argument(
        "--jobs", type=int, default=max(1, min(cores - 1, 4)), help="同时处理几份文档（默认为处理器核数减一）"
    )


def set_address(host: str, port: int) -> str:
    """Where the site is; links in workbooks and notices lead there unless the office has named another address."""
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"  # noqa: S104 - compared, not bound
    if not os.environ.get("JIANNUO_BASE_URL"):
        os.environ["JIANNUO_BASE_URL"] = url  # the processes that are started read it
        settings.BASE_URL = url.rstrip("/")
    return url


def serve(command: BaseCommand, *, host: str, port: int, web: int, jobs: int) -> None:
    """Run the product until Ctrl-C. Raises CommandError when the address is taken."""
    if not is_free(host, port):
        raise CommandError(f"{host}:{port} 已被占用。请停止占用它的程序，或用 --port 换一个端口。")
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    url = set_address(host, port)
    supervisor = Supervisor(product(host, port, web=web, jobs=jobs), tell=command.stderr.write)

    def announce() -> None:
        if wait_until_up(f"{url}healthz", stop=lambda: supervisor.stopping):
            command.stdout.write(command.style.SUCCESS(f"网站已启动：{url}（按 Ctrl-C 停止）"))
        elif not supervisor.stopping:
            command.stderr.write("网站一分钟内没有应答，请看上面的错误信息。")

    supervisor.run(announce)
    command.stdout.write("已全部停止。")


class Command(BaseCommand):
    help = (
        "启动整个产品：网站、后台任务、定时任务，一个命令，Ctrl-C 或 SIGTERM 全部停止。任一进程意外退出会自动重新启动。"
    )

    def add_arguments(self, parser):
        add_serve_arguments(parser)

    def handle(self, *args, host, port, web, jobs, **options):
        call_command("migrate", verbosity=0)
        serve(self, host=host, port=port, web=web, jobs=jobs)
