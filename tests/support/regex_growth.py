"""Decide from the pattern alone whether a regular expression can take quadratic time.

Python's matcher backtracks: a search tries to match at each position, and each attempt tries all
ways. The time is more than linear if some text ``v`` can be repeated so that the automaton of the
pattern stays in a loop ``q`` while a second way into the same loop stays open: from a loop before
it, or from the search itself, which may start at each position. If what follows the loop can fail,
each way is tried to its end.

The decision errs on the safe side: a look-around of several characters counts as one that may hold
and may fail.

References:
    Weideman, van der Merwe, Berglund, Watson, "Analyzing matching time behavior of backtracking
    regular expression matchers by using ambiguity of NFA", CIAA 2016: infinite degree of
    ambiguity, decided on a product of the automaton with itself (Weber and Seidl, 1991).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

MANY = 256
"""Repetitions from which a bounded repeat counts as unbounded: the work of one position."""

_COPIES = 2
"""Copies of the body of a bounded repeat, so that the automaton stays small."""

_ALPHABET = [chr(code) for code in range(128)] + list(
    "\x85\u00a0éÉßŁ\u0301\u0660а日かกا’“”«»—–…€£¥•\u2009\u200b\u2028\ufeff\ufffd😀"
)

_SINGLE = frozenset({op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN})

Condition = Callable[[str, str], bool]
"""Whether an empty transition is open between the former and the next character."""


@dataclass(slots=True)
class _Node:
    empty: list[tuple[int, Condition | None]] = field(default_factory=list)
    characters: frozenset[str] = frozenset()
    after: int = -1


class _Automaton:
    """A nondeterministic automaton of a parsed pattern; node 0 is its end."""

    def __init__(self, pattern: "re.Pattern[Any]") -> None:
        source = pattern.pattern
        self.is_bytes = isinstance(source, bytes)
        self.nodes = [_Node()]
        letters = [chr(code) for code in range(256)] if self.is_bytes else _ALPHABET
        text = source.decode("latin-1") if isinstance(source, bytes) else source
        letters = list(dict.fromkeys([*letters, *(c for c in text if c > "\x7f")]))
        self.letters = letters
        self.flags = pattern.flags
        self.start = self._sequence(_parser.parse(source, pattern.flags), 0, pattern.flags)
        self.letters = self._representatives()
        chosen = frozenset(self.letters)
        for node in self.nodes:
            node.characters &= chosen
        # Of the last character only what look-behinds and boundaries test is remembered.
        kinds: dict[tuple[bool, ...], str] = {}
        self._kind_of = {
            letter: kinds.setdefault(
                (*(letter in tested for tested in self._tested), _is_word(letter), letter == "\n"),
                letter,
            )
            for letter in self.letters
        }
        self.formers = list(kinds.values()) if self._looks_back else [""]
        self._closures: dict[tuple[int, str, str, bool], frozenset[int]] = {}
        self.endings = frozenset(i for i in range(len(self.nodes)) if self.surely_ends(i))

    def _representatives(self) -> list[str]:
        sets = list(dict.fromkeys(node.characters for node in self.nodes if node.after >= 0))
        kinds: dict[tuple[bool, ...], str] = {}
        for letter in self.letters:
            key = (
                *(letter in letters for letters in sets),
                *(letter in letters for letters in self._tested),
                _is_word(letter),
                letter == "\n",
            )
            kinds.setdefault(key, letter)
        return list(kinds.values())

    def _add(self, node: _Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    _tested: list[frozenset[str]]
    _sure: list[Condition]
    _looks_back = False

    def _sequence(self, items: Any, after: int, flags: int) -> int:
        if not hasattr(self, "_tested"):
            self._tested = []
            self._sure = []
        for item in reversed(list(items)):
            after = self._item(item, after, flags)
        return after

    def _item(self, item: Any, after: int, flags: int) -> int:  # noqa: PLR0911  # one case for each kind of node
        code, value = item
        if code in _SINGLE:
            return self._add(_Node(characters=self._set(item, flags), after=after))
        if code is op.SUBPATTERN:
            _, add, remove, body = value
            return self._sequence(body, after, (flags | add) & ~remove)
        if code is op.ATOMIC_GROUP:
            return self._sequence(value, after, flags)
        if code is op.BRANCH:
            starts = [self._sequence(body, after, flags) for body in value[1]]
            return self._add(_Node([(start, None) for start in starts]))
        if code in {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}:
            return self._repeat(code, value, after, flags)
        if code is op.AT:
            self._looks_back = True
            return self._add(_Node([(after, _position(value, flags))]))
        if code in {op.ASSERT, op.ASSERT_NOT}:
            return self._look(code, value, after, flags)
        if code is op.GROUPREF_EXISTS:
            _, yes, no = value
            starts = [self._sequence(body, after, flags) for body in (yes, no or [])]
            return self._add(_Node([(start, None) for start in starts]))
        if code is op.GROUPREF:
            return self._add(_Node([(after, _unknown)]))
        raise NotImplementedError(str(code))

    def _repeat(self, code: Any, value: Any, after: int, flags: int) -> int:
        least, most, body = value
        leave: Condition | None = None
        if code is op.POSSESSIVE_REPEAT and len(body) == 1 and body[0][0] in _SINGLE:
            characters = self._set(body[0], flags)
            self._tested.append(characters)
            leave = lambda _, following: following not in characters  # noqa: E731
            self._sure.append(leave)
        if most >= MANY:
            loop = self._add(_Node())
            start = self._sequence(body, loop, flags)
            self.nodes[loop].empty = [(start, None), (after, leave)]
            at = loop
        else:
            at = after if leave is None else self._add(_Node([(after, leave)]))
            for _ in range(min(most - least, _COPIES)):
                start = self._sequence(body, at, flags)
                at = self._add(_Node([(start, None), (after, leave)]))
        for _ in range(min(least, _COPIES)):
            at = self._sequence(body, at, flags)
        return at

    def _look(self, code: Any, value: Any, after: int, flags: int) -> int:
        direction, body = value
        self._looks_back = self._looks_back or direction < 0
        condition: Condition = _unknown
        if len(body) == 1 and body[0][0] in _SINGLE:
            characters = self._set(body[0], flags)
            self._tested.append(characters)
            wanted = code is op.ASSERT
            if direction > 0:
                condition = lambda _, following: (following in characters) is wanted  # noqa: E731
            else:
                condition = lambda former, _: (former in characters) is wanted  # noqa: E731
        elif len(body) == 1 and body[0][0] is op.AT and code is op.ASSERT:
            self._looks_back = True
            condition = _position(body[0][1], flags)
        edges: list[tuple[int, Condition | None]] = [(after, condition)]
        if direction > 0 and condition is _unknown:
            dead = self._add(_Node())
            edges.append((self._sequence(body, dead, flags), None))
        return self._add(_Node(edges))

    def _set(self, item: Any, flags: int) -> frozenset[str]:
        return frozenset(c for c in self.letters if _matches(item, c, flags, self.is_bytes))

    def closure(
        self, node: int, former: str, following: str, *, failing: bool = False
    ) -> frozenset[int]:
        """Return the nodes reached from one without a character, and without a sure end."""
        key = (node, former, following, failing)
        known = self._closures.get(key)
        if known is None:
            seen = {node}
            waiting = [node]
            while waiting:
                for target, condition in self.nodes[waiting.pop()].empty:
                    open_ = condition is None or condition(former, following)
                    if open_ and target not in seen and not (failing and target in self.endings):
                        seen.add(target)
                        waiting.append(target)
            known = self._closures[key] = frozenset(seen)
        return known

    def move(self, node: int, former: str, letter: str, *, failing: bool = False) -> Iterator[int]:
        """Yield the nodes to which a character leads, once for each way."""
        for target in self.closure(node, former, letter, failing=failing):
            if letter in self.nodes[target].characters:
                yield self.nodes[target].after

    def next_former(self, letter: str) -> str:
        """Return what the automaton remembers of the last character: nothing if it never looks."""
        return self._kind_of[letter] if self._looks_back else ""

    def reached(self, node: int) -> set[int]:
        """Return the nodes that some text leads to from a node."""
        seen = {node}
        waiting = [node]
        while waiting:
            at = self.nodes[waiting.pop()]
            for target in [*(t for t, _ in at.empty), *([at.after] if at.after >= 0 else [])]:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen

    def surely_ends(self, node: int) -> bool:
        """Return whether the pattern may end here whatever follows."""
        seen = {node}
        waiting = [node]
        while waiting:
            at = waiting.pop()
            if at == 0:
                return True
            for target, condition in self.nodes[at].empty:
                if (condition is None or condition in self._sure) and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return False

    def loops(self, *, failing: bool = False) -> list[set[int]]:
        """Return the strongly connected parts that consume: the loops.

        Args:
            failing: Whether to return only loops in which the pattern cannot end.
        """
        out: frozenset[int] = self.endings if failing else frozenset()
        forward: dict[int, set[int]] = {}
        for index, node in enumerate(self.nodes):
            targets = {target for target, _ in node.empty}
            if node.after >= 0:
                targets.add(node.after)
            forward[index] = set() if index in out else targets - out
        parts = _components(forward)
        return [
            part
            for part in parts
            if any(self.nodes[i].after in part for i in part if self.nodes[i].after >= 0)
        ]


def explosive_text(pattern: "re.Pattern[Any]", *, searched: bool = True) -> str | None:
    """Return a text whose repetition may take quadratic time or more; None if there is none.

    Args:
        pattern: A compiled pattern.
        searched: Whether it may start at each position; false for a pattern that is only
            matched from the beginning of its text.

    Examples:
        >>> explosive_text(re.compile(r"\\w+ \\(")) is None
        False
        >>> explosive_text(re.compile(r"\\b\\w+ \\(")), explosive_text(re.compile(r"<a [^<>]*>"))
        (None, None)
        >>> explosive_text(re.compile(r"(?:a|b+)*c"), searched=False) is None
        False
    """
    automaton = _Automaton(pattern)
    loops = automaton.loops()
    for loop in automaton.loops(failing=True):
        ends = sorted(_ends(automaton, loop))
        for former in automaton.formers:
            # One place of a loop is enough: the text may begin anywhere in its cycle.
            found = (
                _product(automaton, _SEARCH, {_SEARCH}, ends[0], loop, former) if searched else None
            )
            if found is not None:
                return found
            for q in ends:
                text = _ambiguous(automaton, q, loop, former, loops)
                if text is not None:
                    return text
    return None


def _ends(automaton: _Automaton, loop: set[int]) -> set[int]:
    """Return the nodes of a loop that follow a character."""
    return {node.after for i in loop if (node := automaton.nodes[i]).after in loop}


_SEARCH = -1


def _ambiguous(
    automaton: _Automaton, q: int, loop: set[int], former: str, loops: list[set[int]]
) -> str | None:
    """Return a text that leads from ``q`` back to it while another loop leads to itself and q."""
    for other in loops:
        for p in sorted(_ends(automaton, other)):
            if p != q and q in automaton.reached(p):
                found = _product(automaton, p, other, q, loop, former)
                if found is not None:
                    return found
    return _twice(automaton, q, loop, former)


def _moves(automaton: _Automaton, node: int, former: str, letter: str) -> Iterator[int]:
    if node == _SEARCH:
        yield _SEARCH
        yield from automaton.move(automaton.start, former, letter)
    else:
        yield from automaton.move(node, former, letter)


def _product(  # noqa: PLR0917
    automaton: _Automaton, p: int, p_loop: set[int], q: int, q_loop: set[int], former: str
) -> str | None:
    start = (p, p, q, former)
    seen = {start: ""}
    waiting = [start]
    while waiting:
        state = waiting.pop(0)
        a, b, c, before = state
        for letter in automaton.letters:
            cs = [n for n in automaton.move(c, before, letter, failing=True) if n in q_loop]
            if not cs:
                continue
            as_ = [n for n in _moves(automaton, a, before, letter) if n in p_loop]
            if not as_:
                continue
            bs = set(_moves(automaton, b, before, letter))
            for following in (
                (x, y, z, automaton.next_former(letter)) for x in as_ for y in bs for z in cs
            ):
                if following == (p, q, q, former):
                    return seen[state] + letter
                if following not in seen:
                    seen[following] = seen[state] + letter
                    waiting.append(following)
    return None


def _twice(automaton: _Automaton, q: int, loop: set[int], former: str) -> str | None:
    """Return a text that leads from ``q`` back to it in two ways: exponential time."""
    start = (q, q, former, False)
    seen = {start: ""}
    waiting = [start]
    while waiting:
        state = waiting.pop(0)
        a, b, before, parted = state
        for letter in automaton.letters:
            ones = list(automaton.move(a, before, letter, failing=True))
            twos = list(automaton.move(b, before, letter, failing=True))
            targets = [(x, y) for x in ones for y in twos if x in loop and y in loop]
            for x, y in targets:
                # Two consuming nodes may lead to one node: then the ways differ, the node not.
                same = x == y and len([n for n in ones if n == x]) > 1
                following = (x, y, automaton.next_former(letter), parted or x != y or same)
                if following == (q, q, former, True):
                    return seen[state] + letter
                if following not in seen:
                    seen[following] = seen[state] + letter
                    waiting.append(following)
    return None


def _unknown(_: str, __: str) -> bool:
    return True


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _position(value: Any, flags: int) -> Condition:
    if value in {op.AT_BOUNDARY, op.AT_NON_BOUNDARY}:
        differs = value is op.AT_BOUNDARY
        return lambda former, following: (_is_word(former) != _is_word(following)) is differs
    if value in {op.AT_BEGINNING, op.AT_BEGINNING_STRING}:
        many = flags & re.MULTILINE and value is op.AT_BEGINNING
        return lambda former, _: bool(many) and former == "\n"
    # The end of the text follows only once, so that no loop goes on behind it.
    many = flags & re.MULTILINE
    return lambda _, following: bool(many) and following == "\n"


def _matches(item: Any, letter: str, flags: int, is_bytes: bool) -> bool:  # noqa: FBT001
    variants = {letter}
    if flags & re.IGNORECASE:
        variants |= {c for c in (letter.lower(), letter.upper()) if len(c) == 1}
    return any(_matches_exactly(item, c, flags, is_bytes) for c in variants)


def _matches_exactly(item: Any, c: str, flags: int, is_bytes: bool) -> bool:  # noqa: FBT001
    code, value = item
    if code is op.ANY:
        return bool(flags & re.DOTALL) or c != "\n"
    if code is op.LITERAL:
        return ord(c) == value
    if code is op.NOT_LITERAL:
        return ord(c) != value
    if code is op.RANGE:
        return bool(value[0] <= ord(c) <= value[1])
    if code is op.CATEGORY:
        return _in_category(value, c, ascii_only=is_bytes or bool(flags & re.ASCII))
    negated = bool(value) and value[0][0] is op.NEGATE
    return negated != any(
        _matches_exactly(each, c, flags, is_bytes) for each in value if each[0] is not op.NEGATE
    )


def _in_category(category: Any, c: str, *, ascii_only: bool) -> bool:
    name = str(category).removeprefix("CATEGORY_")
    kinds = {"WORD": r"\w", "SPACE": r"\s", "DIGIT": r"\d"}
    pattern = kinds[name.removeprefix("NOT_")]
    found = re.match(pattern, c, re.ASCII if ascii_only else 0) is not None
    return found is not name.startswith("NOT_")


def _components(forward: dict[int, set[int]]) -> list[set[int]]:  # noqa: C901, PLR0912  # two passes of Kosaraju's
    """Return the strongly connected components of a graph (Kosaraju)."""
    order: list[int] = []
    seen: set[int] = set()
    for root in list(forward):
        stack: list[tuple[int, Iterator[int]]] = []
        if root not in seen:
            seen.add(root)
            stack.append((root, iter(forward[root])))
        while stack:
            node, targets = stack[-1]
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(forward[target])))
                    break
            else:
                order.append(node)
                stack.pop()
    back: dict[int, set[int]] = {node: set() for node in forward}
    for node, following in forward.items():
        for target in following:
            back[target].add(node)
    parts: list[set[int]] = []
    placed: set[int] = set()
    for root in reversed(order):
        if root in placed:
            continue
        part = {root}
        waiting = [root]
        placed.add(root)
        while waiting:
            for target in back[waiting.pop()]:
                if target not in placed:
                    placed.add(target)
                    part.add(target)
                    waiting.append(target)
        parts.append(part)
    return parts
