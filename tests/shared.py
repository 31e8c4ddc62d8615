"""Where the shared documents and the gold standard are, beside the project; a user's checkout has none."""
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"

needs_shared = pytest.mark.skipif(
    not (SHARED / "documents").is_dir(),
    reason="需要项目旁的 ../shared（真实文档与金标准）；用户的检出里没有，跳过。",
)
