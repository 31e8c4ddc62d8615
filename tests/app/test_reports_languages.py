"""The monthly round in English: every text of its pages, messages, choices and forms has a translation."""

from __future__ import annotations

import ast
import gettext
import inspect
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from reports import forms
from reports.services.submissions import FIELD_TITLES
from tests.app.test_reports_pages import city, pages

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "reports" / "locale" / "en" / "LC_MESSAGES"
HAN = re.compile(r"[\u4e00-\u9fff]")
WIDE = re.compile(r"[\u3000-\u303f\uff00-\uffef]")
BLOCK = re.compile(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", re.DOTALL)
CALLS = {"_", "gettext", "gettext_lazy"}
OWN_WORDS = re.compile(r"<(?:th|button|summary|label)\b[^>]*>([^<]*[\u4e00-\u9fff][^<]*)<")
__all__ = ["city"]


def catalogue(folder: Path) -> dict[str, str]:
    with (folder / "django.mo").open("rb") as file:
        return {str(key): value for key, value in gettext.GNUTranslations(file)._catalog.items() if key}


def known() -> set[str]:
    return catalogue(FOLDER).keys() | catalogue(ROOT / "tracker" / "locale" / "en" / "LC_MESSAGES").keys()


def texts_of_templates() -> set[str]:
    found = set()
    for path in (ROOT / "templates" / "reports").glob("*.html"):
        source = path.read_text(encoding="utf-8")
        plain = re.findall(r'{% translate "([^"]+)"', source) + re.findall(r'_\("([^"]+)"\)', source)
        found |= {text.replace("%", "%%") for text in plain}
        found |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", body.replace("%", "%%")) for body in BLOCK.findall(source)}
    return found


def texts_of_code() -> set[str]:
    found = set()
    for path in (ROOT / "reports").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                found |= {each.value for each in node.args[:1] if isinstance(each, ast.Constant)}
    return found


def labels_of_choices() -> set[str]:
    fields = [field for model in apps.get_app_config("reports").get_models() for field in model._meta.fields]
    return {str(label) for field in fields for _value, label in field.choices or ()}


def texts_of_forms() -> set[str]:
    """Labels, hints and choices as a form shows them in the language that is active."""
    found = set()
    for _name, form in inspect.getmembers(forms, inspect.isclass):
        if issubclass(form, forms.Translated) and form is not forms.Translated:
            for field in form().fields.values():
                found |= {str(field.label or ""), str(field.help_text)}
                found |= {str(label) for _value, label in getattr(field, "choices", ())}
    return found


def test_every_text_has_a_translation():
    texts = texts_of_templates() | texts_of_code() | labels_of_choices() | set(FIELD_TITLES.values())
    assert len(texts) > 300
    assert sorted({text for text in texts if HAN.search(text) or WIDE.search(text)} - known()) == []


def test_no_text_of_a_page_stands_outside_a_translation():
    left = {}
    for path in (ROOT / "templates" / "reports").glob("*.html"):
        source = BLOCK.sub("", path.read_text(encoding="utf-8"))
        source = re.sub(r'{% translate "[^"]+" %}|_\("[^"]+"\)', "", source)
        if HAN.search(source):
            left[path.name] = HAN.findall(source)
    assert left == {}


def test_forms_are_in_english(db):
    with translation.override("en"):
        assert [text for text in texts_of_forms() if HAN.search(text)] == []
    assert any(HAN.search(text) for text in texts_of_forms())


def test_no_translation_is_empty_doubtful_or_still_chinese():
    assert "fuzzy" not in (FOLDER / "django.po").read_text(encoding="utf-8")
    wrong = {text: value for text, value in catalogue(FOLDER).items() if not value or HAN.search(value)}
    assert wrong == {}


def test_placeholders_are_kept():
    places = re.compile(r"%\((\w+)\)|(%%)")
    assert [
        text for text, value in catalogue(FOLDER).items() if set(places.findall(text)) != set(places.findall(value))
    ] == []


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="no gettext tools on this machine")
def test_the_compiled_catalogue_is_that_of_the_source(tmp_path):
    subprocess.run(["msgfmt", "--check-format", "-o", tmp_path / "new.mo", FOLDER / "django.po"], check=True)
    assert (tmp_path / "new.mo").read_bytes() == (FOLDER / "django.mo").read_bytes()


def test_pages_in_english_show_no_chinese_of_their_own(client, db, city):
    client.force_login(city["users"]["supervisor"], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    found, read = {}, 0
    for method, address, roles in pages(city):
        if method == "get" and "supervisor" in roles:
            answer = client.get(address)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                read += 1
                words = [re.sub(r"\([^)]*\)", "", each) for each in OWN_WORDS.findall(answer.content.decode())]  # units
                if left := [each for each in words if HAN.search(each) and each != "简体中文"]:
                    found[address] = left
    translation.activate("zh-hans")
    assert read >= 15
    assert found == {}
