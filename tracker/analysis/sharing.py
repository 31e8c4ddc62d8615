"""Several numbers for several subjects, and one number for all of a list: 分别, 均, 各."""
from __future__ import annotations

import re

from tracker.analysis.carrying import ABOVE, NEW_VERB, RANK_VERB, clause_topic, name_lead, rank_ending
from tracker.analysis.lists import count_subjects, split_subjects
from tracker.analysis.phrases import Phrase, read_object, read_phrase
from tracker.analysis.quantities import Mention
from tracker.analysis.walk import Name, Place, Subject, Walk

_JOINT = re.compile(r"、|和|及|与")
_OF_PLAN = re.compile(r"计划|目标|任务|占")
_EACH = re.compile(r"(?<![人户亩年日月平地场生])(?:均|都)(?!价)|各(?=$|增长|达|提高|实现|下降|不低于|完成)")
_LAST_EACH = re.compile(r"(?:均|都|各)(?=[^均都各]*$)")
_BEFORE = "“分别”对应前文各主语"


def distribute(size: int, mention: Mention, place: Place, walk: Walk) -> list[Name] | None:
    """A、B分别达到x、y → one subject for each number; None when the words give no such list."""
    phrase = read_phrase(place.left, walk.vocabulary)
    return (_over_others(size, phrase, place, walk) or _over_own_list(size, phrase, place, walk)
            or _over_clause_before(size, phrase, place, walk) or _over_subjects(size, mention, phrase, place, walk))


def _over_others(size: int, phrase: Phrase, place: Place, walk: Walk) -> list[Name] | None:
    """增速分别高于全国、全省1.1、1个百分点; 分别高于全国5.1、5.6个百分点."""
    found = ABOVE.match(phrase.name)
    if not found:
        return None
    targets = [part for part in _JOINT.split(found["than"] or found["target"]) if part]
    if len(targets) == size:
        return [name_lead(found, target, place, walk) for target in targets]
    leads = _last(size, walk)
    if len(targets) != 1 or "分别" not in place.left or not _differ(leads, size):
        return None
    ending = f"增速{found['word'] or found['side'] + '于'}{targets[0]}"
    return [Name(subject.base + ending, subject.base, leads[0].start, _BEFORE) for subject in leads]


def _over_own_list(size: int, phrase: Phrase, place: Place, walk: Walk) -> list[Name] | None:
    parts = split_subjects(phrase.name, size, walk.vocabulary) if phrase.name else None
    return [Name(part + _extra(phrase), part, place.item, "“分别”逐一对应") for part in parts] if parts else None


def _over_clause_before(size: int, phrase: Phrase, place: Place, walk: Walk) -> list[Name] | None:
    """化肥、农药使用量，分别下降6%和10%."""
    topic = None if phrase.name else clause_topic(place, walk)
    parts = split_subjects(topic[0], size, walk.vocabulary) if topic else None
    if not topic or not parts:
        return None
    return [Name(part + _extra(phrase), part, topic[1], "“分别”对应前一句的各主语") for part in parts]


def _over_subjects(size: int, mention: Mention, phrase: Phrase, place: Place, walk: Walk) -> list[Name] | None:
    """资产2.7万亿元，收入3458亿元，分别增长12.7%、22.2%: the subjects named before, one for each number."""
    own, respectively = "" if phrase.name == "指标" else phrase.name, "分别" in place.left
    if read_object(place.right) and not respectively:
        return None
    last = _last(size, walk)
    if not _differ(last, size):
        last = _last(size, walk, topic=True)
    generic = own in walk.vocabulary.generic
    goes_on = not own or generic or (respectively and (mention.kind == "rank" or bool(_OF_PLAN.search(own))))
    if not goes_on or not _differ(last, size):
        return None
    ending = rank_ending(place.left) if mention.kind == "rank" else own + _extra(phrase)
    return [Name(_join(subject, ending, own), subject.base, last[0].start, _BEFORE) for subject in last]


def _extra(phrase: Phrase) -> str:
    return phrase.direction or ("" if phrase.averaged.startswith("平均") else phrase.averaged)


def _last(size: int, walk: Walk, topic: bool = False) -> list[Subject]:
    """The last subjects named, as many as there are numbers."""
    return [subject for subject in walk.subjects[-4 * size:] if subject.topic == topic][-size:]


def _differ(subjects: list[Subject], size: int) -> bool:
    return len({subject.base for subject in subjects}) == size


def _join(subject: Subject, ending: str, own: str) -> str:
    base = NEW_VERB.sub("", subject.base) if own in ("总量", "总数") else subject.base
    return base + ending


def replicate(mention: Mention, place: Place, walk: Walk, *, alone: bool) -> list[Name] | None:
    """资产总额、营业收入均增长8%: one number for each subject of the list. ``alone``: no other number in its group."""
    each = _EACH.search(place.left) or (alone and "分别" in place.left)
    if not each or (mention.kind == "amount" and read_object(place.right)):
        return None
    left = _LAST_EACH.sub("", place.left)
    if mention.kind == "rank" and (verb := RANK_VERB.search(left)):
        left = left[: verb.start()]
    phrase = read_phrase(left, walk.vocabulary)
    if mention.kind == "rank" and phrase.name in ("数量", "总量", ""):
        counted = [subject for subject in walk.subjects[-6:] if not subject.topic and subject.measure == "level"]
        ending = rank_ending(place.left)
        return [Name(one.base + ending, one.base, counted[0].start, "“均”对应前文各主语") for one in counted] or None
    size = count_subjects(phrase.name)
    parts = split_subjects(phrase.name, size, walk.vocabulary) if size > 1 else None
    return [Name(part + phrase.direction, part, place.item, "“均”“各”：各项同数") for part in parts] if parts else None
