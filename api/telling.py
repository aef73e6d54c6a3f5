"""A decision told to a client: the engine's and the gate's words as the contract has them, in the client's language."""

from __future__ import annotations

from functools import lru_cache

from cadencia.api.telling_texts import GATE
from cadencia.api.wire.decisions import Answered, Article, Book, Jurisdiction, PermitGiven, Reason
from cadencia.api.wire.permits import PlacedAnswer
from cadencia.dialer.judge import GATE_REASONS
from cadencia.engine import decision as engine
from cadencia.engine.tables import Rulebook
from cadencia.engine.telling import ENGINE_REASONS, STATED_HOURS, STATED_REASONS, UNREVIEWED
from cadencia.engine.words import VerdictCode

_OWN = ("engine", "gate")
_MOST_TOLD = 16_384
_MOST_RULEBOOKS = 8


class Tellings:
    """Tells decisions of the rulebooks that were in use since the start; of others, in English."""

    def __init__(self) -> None:
        self._sentences: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
        self._placed = lru_cache(_MOST_TOLD)(_jurisdictions)
        self._reasons: dict[tuple[str, str, str, str], str] = {}

    def learn(self, rulebook: Rulebook) -> None:
        """From now on its sentences are told in every language."""
        while len(self._sentences) >= _MOST_RULEBOOKS:
            del self._sentences[next(iter(self._sentences))]
        self._sentences[rulebook.hash] = {
            (rule.id, rule.sentences.get("en", "")): dict(rule.sentences) for rule in rulebook.rules
        }

    def answered(
        self, decision: engine.Decision, language: str, decision_id: str, permit: PermitGiven | None = None
    ) -> Answered:
        """The answer to POST /v1/decisions."""
        allowed = decision.verdict == "allow"
        return Answered(
            decision_id=decision_id, outcome="allow" if allowed else "deny", at=decision.at,
            rulebook=_book(decision.rulebook), retry_at=decision.retry_at,
            retry=decision.retry, permit=permit,  # type: ignore[arg-type]
            reasons=() if allowed else self._all_reasons(decision, language), obligations=decision.obligations,
            jurisdictions=self._placed(decision.jurisdictions, decision.clues), zones=decision.zones,
            warnings=decision.warnings if language == "en" else tuple(
                _swapped(text, UNREVIEWED, language) for text in decision.warnings
            ),
        )  # fmt: skip

    def placed(self, placed: bool, decision: engine.Decision, language: str, attempt: str) -> PlacedAnswer:
        """The answer to placing a permit."""
        return PlacedAnswer(
            placed=placed, attempt=attempt, at=decision.at, rulebook=_book(decision.rulebook),
            retry_at=None if placed else decision.retry_at,
            reasons=() if placed else self._all_reasons(decision, language),
        )  # fmt: skip

    def _all_reasons(self, decision: engine.Decision, language: str) -> tuple[Reason, ...]:
        return tuple([self._reason(reason, decision.rulebook, language) for reason in decision.reasons])

    def _reason(self, reason: engine.Reason, rulebook: str, language: str) -> Reason:
        key = (rulebook, reason.rule, reason.message, language)
        message = self._reasons.get(key)
        if message is None:
            if len(self._reasons) >= _MOST_TOLD:
                self._reasons.clear()
            message = self._reasons[key] = self._message(reason, rulebook, language)
        return Reason(
            code=code_of(reason), rule=reason.rule, message=message,
            article=_article(reason.citation, reason.reviewed) if reason.citation else None,
            jurisdiction=reason.jurisdiction, force=reason.force, reading=reason.reading, retry_at=reason.retry_at,
            retry=reason.retry,  # type: ignore[arg-type]
        )  # fmt: skip

    def _message(self, reason: engine.Reason, rulebook: str, language: str) -> str:
        if language == "en":
            return reason.message
        if reason.kind == "gate":
            return _swapped(reason.message, {"en": GATE_REASONS[reason.rule], **GATE[reason.rule]}, language)
        if reason.kind == "engine":
            return _swapped(reason.message, ENGINE_REASONS[VerdictCode[reason.rule]], language)
        if reason.rule == STATED_HOURS:
            return STATED_REASONS[language]
        sentences = self._sentences.get(rulebook, {}).get((reason.rule, reason.message), {})
        return sentences.get(language, reason.message)


def code_of(reason: engine.Reason) -> str:
    """What kind of reason it is: the kind of the rule, or the engine's or gate's own word."""
    return reason.rule if reason.kind in _OWN else reason.kind


def _swapped(text: str, texts: dict[str, str], language: str) -> str:
    """A text in another language; what follows the sentence, names and codes, stays."""
    return texts[language] + text.removeprefix(texts["en"]) if text.startswith(texts["en"]) else text


def _jurisdictions(codes: tuple[str, ...], clues: tuple[engine.Clue, ...]) -> tuple[Jurisdiction, ...]:
    return tuple(
        Jurisdiction(code=code, because=tuple(dict.fromkeys(clue.kind for clue in clues if code in clue.gave)))
        for code in codes
    )


@lru_cache(maxsize=64)
def _book(hash: str) -> Book:
    return Book(hash=hash)


@lru_cache(maxsize=_MOST_TOLD)
def _article(law: str, reviewed: bool) -> Article:
    return Article(law=law, status="reviewed" if reviewed else "unreviewed")
