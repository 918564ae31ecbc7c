"""Statements that are written in the ORM's words, compiled once per process, and from then on only given their values.

To put a query of the queue into SQL takes Django twenty times as long as the database needs to answer it. The few
statements that every click of a reviewer sends are therefore prepared: what may stand in them is still decided by the
same QuerySet words as everywhere else; only the translation is kept.

    MINE = Prepared(lambda: Review.objects.filter(author=Slot("author", BigIntegerField())))
    reviews = MINE.all(author=user.pk)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db import connection as whichever
from django.db.models import BigIntegerField, DateTimeField, Expression, Field, Model, QuerySet, TextField
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

from core.binding import connected, cursor, with_constants

M = TypeVar("M", bound=Model)
Values = dict[str, Any]
LARGEST = 2**63 - 1
MOST_SHAPES = 300  # of one question; people have few kinds of grants, but teams there may be many


class Slot(Expression):
    """A place in a prepared statement that is filled by name each time the statement is sent."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Leave this slot itself among the parameters, where the statement finds it again."""
        return "%s", [self]

    def value(self, values: Values, connection: Any) -> Any:
        """Return what is to be sent in this place, as the driver takes it."""
        value = values[self.name]
        if isinstance(value, int):
            if abs(value) > LARGEST:
                raise EmptyResultSet  # an address may name any number; no column holds this one
            if connection.vendor == "sqlite" and isinstance(self.output_field, BigIntegerField):
                return int(value)  # as it is: a page sends a hundred of them
        return self.output_field.get_db_prep_value(value, connection)


def number(name: str) -> Any:
    """Return a slot for a primary key or another whole number."""
    return Slot(name, BigIntegerField())


def moment(name: str) -> Any:
    """Return a slot for a moment."""
    return Slot(name, DateTimeField())


def text(name: str) -> Any:
    """Return a slot for a text."""
    return Slot(name, TextField())


def numbers(name: str, count: int) -> list[Any]:
    """Return slots for so many whole numbers; `several` fills them."""
    return [number(f"{name}{place}") for place in range(count)]


def several(name: str, values: Sequence[int]) -> tuple[int, Values]:
    """Return how many slots these numbers take, and what fills them: few shapes serve lists of every length."""
    count = 1 << (len(values) - 1).bit_length() if values else 0
    filled = [*values, *[values[-1]] * (count - len(values))] if values else []
    return count, {f"{name}{place}": value for place, value in enumerate(filled)}


class _Statement:
    """SQL with slots among its parameters."""

    def __init__(self, connection: Any, sql: str, parameters: Sequence[Any]) -> None:
        self.sql, self.parameters = with_constants(
            connection, sql, parameters, is_open=lambda one: isinstance(one, Slot)
        )
        self.slots = [(place, one) for place, one in enumerate(self.parameters) if isinstance(one, Slot)]

    def bound(self, values: Values, connection: Any) -> list[Any]:
        """Return the parameters with every slot filled."""
        filled = list(self.parameters)
        for place, slot in self.slots:
            filled[place] = slot.value(values, connection)
        return filled


class _Select(_Statement):
    """A compiled SELECT, and how its rows become instances or plain values."""

    def __init__(self, queryset: QuerySet[Any], *, plan_anew: bool, as_sent: bool) -> None:
        self.plan_anew = plan_anew
        # It outlives the thread that compiles it, and with it that thread's own connection.
        compiler = queryset.query.get_compiler(connection=whichever)
        super().__init__(connected(), *compiler.as_sql())
        self.compiler, self.klass = compiler, compiler.klass_info
        self.converters = {} if as_sent else compiler.get_converters([column[0] for column in compiler.select])
        if self.klass is not None:
            self._learn_instances()

    def _learn_instances(self) -> None:
        """Note once what Django's ModelIterable works out for every query."""
        select, fields = self.compiler.select, self.klass["select_fields"]
        self.model = self.klass["model"]
        self.first, self.last = fields[0], fields[-1] + 1
        self.names = [column[0].target.attname for column in select[self.first : self.last]]
        self.related = get_related_populators(self.klass, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # stubs of Django 6
        self.extra = list(self.compiler.annotation_col_map.items())

    def rows(self, values: Values) -> Any:
        """Send the statement; the rows with every value as Python has it."""
        connection = connected()
        try:
            parameters = self.bound(values, connection)
        except EmptyResultSet:
            return []
        with cursor(connection, plan_anew=self.plan_anew) as sent:
            sent.execute(self.sql, parameters)
            found = sent.fetchall()
        return self.compiler.apply_converters(found, self.converters) if self.converters else found

    def instances(self, values: Values) -> Iterator[Any]:
        """Send the statement and build its instances."""
        for row in self.rows(values):
            made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.first : self.last])
            for populator in self.related:
                populator.populate(row, made)
            for name, place in self.extra:
                setattr(made, name, row[place])
            yield made


UNKNOWN: Any = object()


class Prepared(Generic[M]):
    """A SELECT. `write` makes the QuerySet; what it takes (a number of teams, a yes or no) is the statement's shape.

    plan_anew: for which shapes the database has to know the values to plan well, such as how much lies between two
    moments of a whole house. as_sent: rows keep what the driver makes of their values, such as a number for a decimal.
    """

    def __init__(
        self,
        write: Callable[..., QuerySet[M, Any]],
        *,
        plan_anew: Callable[..., bool] = lambda *_shape: False,
        as_sent: bool = False,
    ) -> None:
        self.write, self.plan_anew, self.as_sent = write, plan_anew, as_sent
        self.compiled: OrderedDict[tuple[Any, ...], _Select | None] = OrderedDict()

    def all(self, *shape: Any, **values: Any) -> list[M]:
        """Return the instances that are found."""
        statement = self._statement(shape)
        return list(statement.instances(values)) if statement else []

    def first(self, *shape: Any, **values: Any) -> M | None:
        """Return the first instance; None when there is none. The limit is the writer's to set."""
        return next(iter(self.all(*shape, **values)), None)

    def rows(self, *shape: Any, **values: Any) -> list[tuple[Any, ...]]:
        """Return the plain values of a QuerySet that ends in `values_list`."""
        statement = self._statement(shape)
        return [tuple(row) for row in statement.rows(values)] if statement else []

    def _statement(self, shape: tuple[Any, ...]) -> _Select | None:
        key = (connected().vendor, *shape)
        found = self.compiled.get(key, UNKNOWN)
        if found is UNKNOWN:
            found = self.compiled[key] = self._compile(shape)
            while len(self.compiled) > MOST_SHAPES:
                self.compiled.popitem(last=False)
        return found

    def _compile(self, shape: tuple[Any, ...]) -> _Select | None:
        try:
            return _Select(self.write(*shape), plan_anew=self.plan_anew(*shape), as_sent=self.as_sent)
        except EmptyResultSet:  # nothing can be found, whatever the values
            return None


class PreparedUpdate:
    """An UPDATE of what `write` finds; it returns the QuerySet and the new value of each field."""

    def __init__(self, write: Callable[[], tuple[QuerySet[Any, Any], Values]]) -> None:
        self.write = write
        self.compiled: dict[str, _Statement] = {}

    def run(self, **values: Any) -> int:
        """Send the statement; the number of rows that were changed."""
        connection = connected()
        statement = self.compiled.get(connection.vendor) or self._compile(connection)
        try:
            parameters = statement.bound(values, connection)
        except EmptyResultSet:
            return 0
        with cursor(connection) as sent:
            sent.execute(statement.sql, parameters)
            return int(sent.rowcount)

    def _compile(self, connection: Any) -> _Statement:
        queryset, values = self.write()
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(values)
        statement = _Statement(connection, *query.get_compiler(connection=connection).as_sql())
        self.compiled[connection.vendor] = statement
        return statement


class PreparedInsert(Generic[M]):
    """An INSERT of unsaved instances, without what `save` asks and tells besides."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self.fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
        self.compiled: dict[str, str] = {}

    def one(self, made: M) -> M:
        """Insert an instance and give it its key."""
        connection = connected()
        with cursor(connection) as sent:
            sent.execute(f"{self._sql(connection)} RETURNING {self._key(connection)}", self._values(made, connection))
            made.pk = sent.fetchone()[0]
        return self._saved(made)

    def many(self, made: Sequence[M]) -> None:
        """Insert several instances; they do not learn their keys."""
        if made:
            connection = connected()
            with cursor(connection) as sent:
                sent.executemany(self._sql(connection), [self._values(one, connection) for one in made])

    def _values(self, made: M, connection: Any) -> list[Any]:
        return [field.get_db_prep_save(getattr(made, field.attname), connection) for field in self.fields]

    def _key(self, connection: Any) -> str:
        key: Any = self.model._meta.pk
        return str(connection.ops.quote_name(key.column))

    def _sql(self, connection: Any) -> str:
        if connection.vendor not in self.compiled:
            quoted = connection.ops.quote_name
            columns = ", ".join(quoted(field.column) for field in self.fields)
            places = ", ".join(["%s"] * len(self.fields))
            table = quoted(self.model._meta.db_table)
            self.compiled[connection.vendor] = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608  names come from the model
        return self.compiled[connection.vendor]

    @staticmethod
    def _saved(made: M) -> M:
        made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
        return made
