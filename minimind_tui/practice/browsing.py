"""Going through the glossary: what was typed, which term is chosen, and from which term one came to it."""

from __future__ import annotations

from minimind_tui.base.text import Language
from minimind_tui.content.glossary import Glossary, Term
from minimind_tui.practice.glossary import Group, listed
from minimind_tui.practice.reading import Reading


class Browsing:
    """Begins with what is being read in `language`, or at the term `first`."""

    def __init__(self, glossary: Glossary, reading: Reading, language: Language, first: str | None = None) -> None:
        self.glossary = glossary
        self.query = ""
        self.chosen = first if first in glossary.by_id else None
        """The id of the term whose definition is shown; None before there was one."""
        self._seen = glossary.terms_in(reading.on_screen, language)
        self._near = [term for term in glossary.terms_in(reading.text, language) if term not in self._seen]
        self._ways_back: list[tuple[str, str]] = []

    def groups(self, language: Language) -> list[Group]:
        """The terms to list; the chosen one is among them, else the first one is chosen."""
        groups = listed(self.glossary, self.query, language, self._seen, self._near)
        shown = [term.id for group in groups for term in group.terms]
        if self.chosen not in shown:
            self.chosen = shown[0] if shown else None
        return groups

    @property
    def term(self) -> Term | None:
        """The chosen term."""
        return self.glossary.by_id.get(self.chosen or "")

    @property
    def related(self) -> list[Term]:
        """The terms that one can go to from the chosen one."""
        return self.glossary.related(self.term) if self.term else []

    def ask(self, query: str) -> None:
        """Other words in the line: the best match is chosen, and the way back is forgotten."""
        if query != self.query:
            self.query, self.chosen = query, None
            self._ways_back.clear()

    def follow(self, term: str) -> None:
        """Go to a related term; what was typed gives way to it, and comes back with `go_back`."""
        if self.chosen is not None:
            self._ways_back.append((self.query, self.chosen))
        self.query, self.chosen = "", term

    def go_back(self) -> bool:
        """To the term that one came from; False where one came from none."""
        if not self._ways_back:
            return False
        self.query, self.chosen = self._ways_back.pop()
        return True
