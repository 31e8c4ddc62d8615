"""kill -9 of the real worker in the middle of an import, with the embedded queue: nothing is lost, nothing is doubled."""
from pathlib import Path

import pytest

from tests.services.product import WAITING, Product

SECTION = """
{title}
（2024年7月{day}日）

一、主要工作
上半年，全市新增限额以上商贸企业{a}家，实际使用外资{b}亿美元，城镇新增就业{c}万人。社会消费品零售总额增长{d}%。

二、下半年工作打算
全年新增限额以上商贸企业150家以上，实际使用外资达到4.5亿美元，城镇新增就业4.2万人。
"""


def write_documents(folder: Path, number: int = 4, repeats: int = 250, bodies: tuple[str, ...] = ("商务局",)) -> Path:
    """Reports long enough that a worker can be met in the middle of one."""
    folder.mkdir()
    for n in range(1, number + 1):
        title = f"望海市{bodies[n % len(bodies)]}2024年上半年工作总结（第{n}分册）"
        text = "".join(
            SECTION.format(title=title if i == 0 else "", day=n, a=80 + i % 40, b=f"1.{i % 90 + 10}", c=f"2.{i % 80 + 10}", d=i % 9 + 1)
            for i in range(repeats)
        )
        (folder / f"{n}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def product(tmp_path):
    made = Product(tmp_path / "var")
    yield made
    made.stop_all()


def test_killed_three_times_in_the_middle_of_an_import(product, tmp_path):
    documents = write_documents(tmp_path / "documents")
    product.manage("migrate", "-v0")
    product.manage("import_documents", str(documents))
    open_jobs = "SELECT count(*) FROM tracker_importjob WHERE state != 'done'"
    for stage in ("分析", "保存", "分析"):
        worker = product.start_worker()
        product.wait_for(f"SELECT count(*) > 0 FROM tracker_importjob WHERE stage = '{stage}' AND state = 'running'", 1)
        product.kill(worker)
        assert product.rows(open_jobs)[0][0] > 0, "killed too late to show anything"
    product.start_worker()
    product.wait_for(open_jobs, 0, seconds=90)
    product.wait_for(WAITING, 0)
    product.stop_all()

    untouched = Product(tmp_path / "untouched")
    untouched.manage("migrate", "-v0")
    untouched.manage("import_documents", str(documents), "--wait")
    assert product.outcome() == untouched.outcome()
    assert all(product.outcome().values())
    assert max(attempt for (attempt,) in product.rows("SELECT attempt FROM tracker_importjob")) >= 2
    assert product.rows("SELECT count(*), count(DISTINCT document_id) FROM tracker_importjob") == [(4, 4)]
