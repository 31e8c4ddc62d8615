"""What can go wrong with a file, and what the person who sent it is told. The sentences are data: see ``MESSAGES``."""
from __future__ import annotations

KEPT = "原文件已保留"

# code: (what happened, what to do). Both are shown to a person; {…} is filled in where the error is raised.
MESSAGES: dict[str, tuple[str, str]] = {
    "empty": ("文件是空的（0 字节），没有可读的内容", "请检查原文件是否保存成功，再重新上传"),
    "blank": ("文件里没有文字，只有空白", "请检查原文件的内容，再重新上传"),
    "too-large": ("文件有 {size} MB，超过上限 {limit} MB，没有读取", "请拆成几个较小的文件，或去掉图片后另存，再上传"),
    "too-much-text": ("文件里的文字超过 {limit} 万字，没有读取", "请按部门或章节拆成几个文件再上传"),
    "encrypted": ("文件设有打开密码，没有读取", "请用 WPS 或 Office 打开，去掉密码后另存，再上传"),
    "truncated": ("文件不完整（可能下载或拷贝时中断），读不出内容", "请重新下载或向来文单位再要一份，再上传"),
    "damaged": ("文件已损坏或不合规范，读不出内容", "请用 WPS 或 Office 打开后另存为新文件，再上传"),
    "wrong-ending": (
        "文件名以 .{ending} 结尾，内容却不是这种文件，读不出内容",
        "请用原来的程序打开，另存为 .docx 或 .pdf，再上传",
    ),
    "binary": ("这是程序或数据文件（{what}），不是文档，没有读取", "请上传 Word、WPS、PDF、Excel、OFD、网页或文本文件"),
    "not-text": ("文件不是任何一种认得的文字编码，读不出内容", "请用记事本打开，另存为 UTF-8 编码的文本，再上传"),
    "zip-bomb": ("压缩内容展开后过大（超过 {limit} MB 或压缩比异常），为安全起见没有展开", "请确认文件来源；需要时拆开后分别上传"),
    "zip-names": ("压缩包里有指向包外的文件名（{name}），为安全起见没有展开", "请确认文件来源，重新打包后再上传"),
    "zip-many": ("压缩包里有 {count} 个文件，超过上限 {limit} 个，没有展开", "请分成几个压缩包再上传"),
    "package": ("这是压缩包，里面有 {count} 个文件，要逐个读取", "请从导入页上传压缩包，或解压后分别上传"),
    "package-empty": ("压缩包里没有可读的文档", "请检查压缩包的内容，再重新上传"),
    "xml-entities": ("文件里有实体定义（可能是“实体炸弹”），为安全起见没有读取", "请确认文件来源；需要时用 WPS 打开后另存，再上传"),
    "too-many-pages": ("文件有 {pages} 页，超过上限 {limit} 页，没有读取", "请按章节拆成几个文件再上传"),
    "too-many-scans": ("扫描件有 {pages} 页，超过文字识别的上限 {limit} 页，没有识别", "请拆成几个文件再上传，或上传有文字的版本"),
    "too-many-pixels": ("图片有 {width}×{height} 像素，超过上限 {limit} 万像素，没有识别", "请用较低的分辨率重新扫描或缩小后再上传"),
    "too-many-cells": ("表格超过 {limit} 万个单元格，没有读取", "请删去空白行列或拆成几个文件再上传"),
    "too-slow": ("读取超过 {seconds} 秒仍未完成，已经停止", "可以重试一次；仍不行时请拆成较小的文件，或另存为 .docx 再上传"),
    "too-much-memory": ("读取所需内存超过 {limit} MB，已经停止", "请拆成较小的文件，或去掉图片后另存，再上传"),
    "crashed": ("读取程序中途退出，读不出内容", "可以重试一次；仍不行时请用 WPS 或 Office 另存为新文件，再上传"),
    "no-office": (
        "{format} 格式要靠 LibreOffice 读取，这台服务器没有安装",
        "请另存为 .docx 再上传，或请管理员安装 LibreOffice",
    ),
    "office-failed": ("LibreOffice 没能转换这个 {format} 文件", "请用 WPS 或 Office 打开，另存为 .docx，再上传"),
    "no-ocr": (
        "这是图片或扫描件，没有可以直接读取的文字；这台服务器没有安装文字识别组件",
        "请上传有文字的版本（如 Word），或请管理员安装组件（pip install rapidocr-onnxruntime）",
    ),
    "ocr-nothing": ("图片里没有识别出文字", "请换一份更清晰的扫描件，或上传有文字的版本"),
    "unsupported": ("{what}不是能读取的文档格式", "请另存为 .docx、.pdf、.xlsx 或文本文件，再上传"),
}


class ReadingError(Exception):
    """A file that cannot be read. ``code`` is a key of MESSAGES; ``message`` and ``advice`` are Chinese, for people."""

    def __init__(self, code: str, **values: object) -> None:
        happened, advice = MESSAGES[code]
        self.code = code
        self.values = values
        self.message = f"{happened.format(**values)}；{KEPT}。"
        self.advice = f"{advice.format(**values)}。"
        super().__init__(f"{self.message}{self.advice}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.values)


def _rebuild(code: str, values: dict[str, object]) -> ReadingError:
    return ReadingError(code, **values)
