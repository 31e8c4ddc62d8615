"""The English catalogue is complete: every text of templates and code has a translation, and the compiled file is current."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db.models import TextChoices
from django.utils import translation

from tracker import labels, models

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tracker" / "locale" / "en" / "LC_MESSAGES"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "pgettext_lazy"}
HAN = re.compile(r"[\u4e00-\u9fff]")


def entries() -> dict[str, str]:
    """Text and translation of the compiled catalogue; contexts are left off."""
    with (FOLDER / "django.mo").open("rb") as file:
        found = gettext.GNUTranslations(file)._catalog
    texts = {}
    for key, value in found.items():
        text = key[0] if isinstance(key, tuple) else key
        texts[text.split("\x04")[-1]] = value
    return texts


def texts_of_templates() -> set[str]:
    found = set()
    for path in (ROOT / "templates").rglob("*.html"):
        if "reports" in path.parts:  # has a catalogue of its own, see test_reports_languages
            continue
        source = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'{% translate "([^"]+)"', source))
        found |= set(re.findall(r'_\("([^"]+)"\)', source))
        for body in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", source, re.DOTALL):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", body))
    return found


def texts_of_code() -> set[str]:
    found = set()
    for path in (ROOT / "tracker").rglob("*.py"):
        if path.is_relative_to(ROOT / "tracker" / "migrations"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                found |= {
                    each.value
                    for each in node.args
                    if isinstance(each, ast.Constant) and isinstance(each.value, str) and HAN.search(each.value)
                }
    return found


def test_every_text_has_a_translation():
    known = entries()
    missing = {text for text in texts_of_templates() | texts_of_code() if HAN.search(text)} - known.keys()
    assert sorted(missing) == []


def test_no_translation_is_empty_doubtful_or_still_chinese():
    source = (FOLDER / "django.po").read_text(encoding="utf-8")
    assert "fuzzy" not in source
    wrong = {text: value for text, value in entries().items() if text and (not value or HAN.search(value))}
    assert wrong == {}


def test_placeholders_are_kept():
    places = re.compile(r"%\((\w+)\)")
    assert [
        text for text, value in entries().items() if text and set(places.findall(text)) != set(places.findall(value))
    ] == []


def test_every_label_of_a_choice_is_in_the_list():
    known = set(labels.LABELS)
    choices = [
        each
        for name in models.__all__
        if isinstance(each := getattr(models, name), type) and issubclass(each, TextChoices)
    ]
    assert {label for each in choices for _value, label in each.choices} - known == set()


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="no gettext tools on this machine")
@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_the_compiled_catalogue_is_that_of_the_source(language, tmp_path):
    folder = ROOT / "tracker" / "locale" / language / "LC_MESSAGES"
    subprocess.run(["msgfmt", "--check-format", "-o", tmp_path / "new.mo", folder / "django.po"], check=True)
    assert (tmp_path / "new.mo").read_bytes() == (folder / "django.mo").read_bytes()


def test_a_page_in_english_shows_no_chinese_of_its_own(client, db):
    from tests import factories

    client.force_login(factories.user("reader"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    page = client.get("/help/").content.decode()
    page = page.replace("简体中文", "")
    assert HAN.findall(page) == []
    assert "Overview" in page
    translation.activate("zh-hans")
