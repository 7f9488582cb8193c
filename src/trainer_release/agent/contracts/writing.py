"""The tests of one pair, as text: what is promised, that it is kept, and that both work on each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from trainer_release.agent.contracts import promises
from trainer_release.agent.contracts.annotations import hint
from trainer_release.agent.contracts.interfaces import Use, called_with
from trainer_release.agent.contracts.matching import Pair, promised
from trainer_release.agent.contracts.naming import snake
from trainer_release.agent.contracts.reading import Reading
from trainer_release.agent.contracts.refusals import making, refusals
from trainer_release.agent.contracts.signatures import gives, parameters
from trainer_release.agent.contracts.values import Made, Maker, Uncovered, holding

_NOTHING = Made("", guessed=False)
_SHORT = 40
"""Expressions for an object that are longer get a method of their own."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What the generated tests of a pair leave out, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that provides an interface: what it is called, its class (None: whatever a factory makes), the
    expressions for the class and for an object, and why there is none (then `made` is empty)."""

    name: str
    cls: Any
    interface: Any
    type: str
    made: Made
    reason: str = ""


@dataclass(slots=True)
class Writer:
    """Writes the body of one file, and notes what it must leave out."""

    pair: Pair
    reading: Reading
    maker: Maker
    gaps: list[Gap] = field(default_factory=list)

    def body(self) -> list[str]:
        """The lines below the imports."""
        lines: list[str] = []
        for cls in self._values():
            lines += ["", "", *self._value_test(cls)]
        for each in self._candidates():
            lines += ["", "", *self._candidate(each)]
        return lines

    def _values(self) -> list[Any]:
        own = {root for root, owner in self.reading.roots.items() if owner == self.pair.consumer}
        found: dict[str, Any] = {}
        for interface in {match.interface.path: match.interface for match in self.pair.matches}.values():
            found |= promises.values(interface, self.reading)
        return [cls for path, cls in sorted(found.items()) if path.partition(".")[0] not in own]

    def _value_test(self, cls: Any) -> list[str]:
        name = self.maker.imports.of(cls, self.reading)
        enum = self.reading.kind(cls) == "enum"
        said = (
            promises.constants(cls)
            if enum
            else {key: f'"{_escaped(text)}"' for key, text in promises.fields(cls).items()}
        )
        what = "members" if enum else "fields"
        words = [name, *(f"{key}={text}" for key, text in said.items())]
        return [
            f"def test_{snake(cls.name)}_has_the_{what} that are relied on(contract):".replace(
                " that are relied on", "_that_are_relied_on"
            ),
            *_call(f"contract.{what}", words, 4),
        ]

    def _candidates(self) -> Iterator[Candidate]:
        factored = set()
        for match in self.pair.matches:
            made = self.maker.by_factory(match.interface) if match.interface.path not in factored else None
            factored.add(match.interface.path)
            if made is not None:
                yield Candidate(f"Made{match.interface.name}", None, match.interface, f"type({made.text})", made)
        for match in self.pair.matches:
            name = self.maker.imports.of(match.cls, self.reading)
            try:
                yield Candidate(match.cls.name, match.cls, match.interface, name, self.maker.of_class(match.cls))
            except Uncovered as reason:
                yield Candidate(match.cls.name, match.cls, match.interface, name, _NOTHING, str(reason))

    def _candidate(self, it: Candidate) -> list[str]:
        interface = self.maker.imports.of(it.interface, self.reading)
        known = it.cls.path if it.cls is not None else "What the factory makes"
        lines = [
            f"class Test{it.name}As{it.interface.name}:",
            f'    """{known}, where a {it.interface.path} is asked for."""',
            "",
        ]
        wanted = promised(it.interface, self.reading)
        methods = [member for member in wanted.values() if member.is_function]
        if methods:
            lines.append("    def test_it_takes_every_call_that_is_allowed(self, contract):")
            for member in methods:
                lines += _call("contract.takes", [it.type, f'"{_escaped(promises.line(member))}"', interface], 8)
            lines.append("")
        if it.reason:
            self.gaps.append(Gap(f"{it.name} as {it.interface.name}", it.reason))
            return lines[:-1]
        if len(it.made.text) > _SHORT:
            lines += ["    def made(self):", f"        return {it.made.text}", ""]
            it = replace(it, made=Made("self.made()", it.made.guessed))
        lines += self._made(it, interface, [member for member in wanted.values() if not member.is_function])
        for member in methods:
            lines += self._called(it, interface, member)
        for use in self.pair.uses:
            if use.interface.path == it.interface.path:
                lines += self._used(it, use)
        return lines[:-1]

    def _made(self, it: Candidate, interface: str, read: list[Any]) -> list[str]:
        lines = [
            f"    def test_it_is_made_and_serves_as_{snake(it.interface.name)}(self, contract):",
            f"        made = {it.made.text}",
            f"        contract.is_a(made, {interface})",
        ]
        for member in read:
            lines += _call("contract.has", ["made", f'"{_escaped(promises.line(member))}"', interface], 8)
        return [*lines, ""]

    def _called(self, it: Candidate, interface: str, member: Any) -> list[str]:
        what = f"{it.name}.{member.name}()"
        try:
            words = self.maker.arguments(parameters(member), it.interface, where=(it.interface, member.name))
        except Uncovered as error:
            self.gaps.append(Gap(what, str(error)))
            return []
        raised = promises.declared(member, it.interface, self.reading)
        refused = self._refused(it, member) if any(made.guessed for _, made in words) else ()
        unsaid = sorted({*refused} - {path.rpartition(".")[2] for path in raised})
        if unsaid:
            names = ", ".join(unsaid)
            reason = (
                f"it may refuse guessed values ({names}): say so in what documents {it.interface.name}.{member.name}"
            )
            self.gaps.append(Gap(what, f"{reason}, or name a factory for the value"))
            return []
        call = self._awaited(f"{it.made.text}.{member.name}({', '.join(made.text for _, made in words)})", member)
        lines = [f"    def test_{snake(member.name).strip('_')}_gives_what_is_promised(self, contract):"]
        indent = 8
        if raised:
            faults = [self._exception(path, cls) for path, cls in raised.items()]
            lines.append(f"        with contract.may_raise({', '.join(faults)}):")
            indent = 12
        return [*lines, *self._checked(call, gives(member), interface, indent), ""]

    def _refused(self, it: Candidate, member: Any) -> tuple[str, ...]:
        chain = [it.cls, *filter(None, self.reading.ancestors(it.cls).values())] if it.cls is not None else []
        own = next((cls.members[member.name] for cls in chain if member.name in cls.members), None)
        return refusals(own, self.reading) if own is not None and own.is_function else ()

    def _exception(self, path: str, cls: Any) -> str:
        module, _, name = path.rpartition(".")
        return (
            self.maker.imports.of(cls, self.reading)
            if cls is not None
            else (self.maker.imports.name(module, name) if module else name)
        )

    def _awaited(self, call: str, function: Any) -> str:
        if "async" not in function.labels:
            return call
        self.maker.imports.name("", "asyncio")
        return f"asyncio.run({call})"

    def _checked(self, call: str, annotation: Any, scope: str, indent: int) -> list[str]:
        if annotation is None:
            return [f"{indent * ' '}{call}"]
        return _call("contract.gives", [call, f'"{_escaped(str(annotation))}"', scope], indent)

    def _used(self, it: Candidate, use: Use) -> list[str]:
        what = f"{use.owner.path} with {it.name}"
        try:
            return self._use(it, use)
        except Uncovered as reason:
            self.gaps.append(Gap(f"{what} as {use.parameter}", str(reason)))
            return []

    def _use(self, it: Candidate, use: Use) -> list[str]:
        owner, scope = use.owner, use.owner if use.owner.is_class else use.owner.parent
        parameter = next(each for each in called_with(owner) if each.name == use.parameter)
        given = holding(hint(parameter.annotation, scope, self.reading), use.interface, it.made.text)
        words = self.maker.arguments(called_with(owner), scope, {use.parameter: given})
        refused = making(owner, self.reading) if owner.is_class else refusals(owner, self.reading)
        if refused and any(made.guessed for _, made in words):
            guessed = ", ".join(name for name, made in words if made.guessed)
            raise Uncovered(
                f"{owner.name} may refuse guessed values ({', '.join(refused)}): name factories for {guessed}"
            )
        texts = [made.text for _, made in words]
        title = f"    def test_{snake(owner.name)}_takes_it_as_{snake(use.parameter)}(self, contract):"
        if owner.is_class:
            name = self.maker.imports.of(owner, self.reading)
            return [title, *_call(f"made = {name}", texts, 8), f"        contract.is_a(made, {name})", ""]
        if owner.parent.is_class:
            on = self.maker.of_class(owner.parent).text
            name = self.maker.imports.of(owner.parent, self.reading)
            call = self._awaited(f"{on}.{owner.name}({', '.join(texts)})", owner)
        else:
            name = self.maker.imports.of(owner, self.reading)
            call = self._awaited(f"{name}({', '.join(texts)})", owner)
        return [title, *self._checked(call, owner.returns, name, 8), ""]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _call(function: str, words: list[str], indent: int) -> list[str]:
    """A call as lines: in one where it fits, else a word a line."""
    pad = indent * " "
    line = f"{pad}{function}({', '.join(words)})"
    return [line] if len(line) <= 110 else [f"{pad}{function}(", *(f"{pad}    {word}," for word in words), f"{pad})"]
