"""The English catalogue is complete: every text of templates and code has a translation, and the compiled file is current."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
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


def names_in_the_admin() -> set[str]:
    """What models call themselves, their fields, choices and hints."""
    found = set()
    for app in ("tracker", "reports"):
        for model in apps.get_app_config(app).get_models():
            if not model.__name__.startswith("Historical"):
                found.add(str(model._meta.verbose_name))
                for field in (*model._meta.fields, *model._meta.many_to_many):
                    found |= {
                        str(field.verbose_name),
                        str(field.help_text),
                        *(str(word) for _, word in field.choices or ()),
                    }
    return {name for name in found if HAN.search(name)}


def test_every_name_in_the_admin_has_a_translation():
    with (ROOT / "reports" / "locale" / "en" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        others = {key for key in gettext.GNUTranslations(file)._catalog if isinstance(key, str)}
    assert sorted(names_in_the_admin() - entries().keys() - others) == []


@pytest.fixture
def admin_in_english(client, db):
    from tests import factories

    client.force_login(factories.user("admin", "administrator"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    yield client
    translation.activate("zh-hans")


@pytest.mark.parametrize(
    "page", ["/admin/", "/admin/tracker/goal/", "/admin/tracker/goal/add/", "/admin/tracker/word/add/"]
)
def test_the_admin_speaks_english_too(admin_in_english, page):
    shown = re.sub(r"<script.*?</script>|admin用户", "", admin_in_english.get(page).content.decode(), flags=re.DOTALL)
    assert HAN.findall(re.sub(r"<[^>]+>", "", shown)) == []


def test_what_is_stored_keeps_its_own_language(admin_in_english):
    from tests import factories

    goal = factories.goal()
    form = admin_in_english.get(f"/admin/tracker/goal/{goal.pk}/change/").context["adminform"].form
    values = {bound.html_name: "" if bound.value() is None else bound.value() for bound in form}
    admin_in_english.post(f"/admin/tracker/goal/{goal.pk}/change/", values | {"value": "90", "reason": "批示"})
    assert models.Event.objects.get(action="correct").summary.startswith("修改目标“新增外贸企业”：数值 100 → 90")
