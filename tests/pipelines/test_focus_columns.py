"""What FOCUS columns mean: versions, traps of real files, exact costs, and laws of the reduction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.facts import Spend
from pipelines import focus_columns, lake
from pipelines.focus_columns import Grain
from pipelines.focus_files import File
from pipelines.focus_reduction import Reduction
from tests.pipelines.billing import Folder, Row, charge, read, rejected, totals, typed, write

SAMPLES = Path(__file__).parents[1] / "samples" / "focus"


@pytest.mark.parametrize(
    ("name", "version", "provider", "category", "invoice"),
    [
        ("focus_1.0.csv", "1.0", "Nimbra", "Compute", ""),
        ("focus_1.1.csv", "1.1", "Nimbra", "Compute", ""),
        ("focus_1.2.csv", "1.2", "Nimbra", "Compute", "2026-09-1"),
        ("focus_1.3.csv", "1.3", "Nimbra Services", "Compute", "2026-09-1"),
        ("focus_1.4.csv", "1.4", "Nimbra Services", "Compute", "2026-09-1"),
    ],
)
def test_each_version_is_read_by_the_columns_that_are_there(
    name: str, version: str, provider: str, category: str, invoice: str
) -> None:
    folder = Folder(SAMPLES / name)
    pages = folder.read()
    (fact,) = folder.facts
    assert pages[-1].files[0].note == f"FOCUS {version}"
    assert (fact.provider, fact.category, fact.invoice, fact.billed) == (provider, category, invoice, Decimal("12.5"))
    assert fact.subcategory == ("" if version == "1.0" else "Virtual Machines")


def test_a_host_stands_for_the_provider_where_nobody_else_is_named(tmp_path: Path) -> None:
    rows = [charge(ProviderName=None, HostProviderName="", PublisherName="Vendor")]
    assert [fact.provider for fact in read(write(tmp_path / "a.csv", rows))] == ["Vendor"]


def test_traps_of_real_files_change_nothing(tmp_path: Path) -> None:
    plain = [charge(BilledCost="1.5", ChargePeriodStart="2026-09-05T00:00:00Z"), charge(BilledCost="-0.25")]
    write(tmp_path / "plain.csv", plain)
    header = (
        "\ufeffbilledcost,EFFECTIVECOST,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
        "ChargeCategory,ChargeClass,ChargePeriodStart,ChargePeriodEnd,CommitmentDiscountId,"
        "CommitmentDiscountStatus,ProviderName,ServiceCategory,ServiceName,SubAccountId,Tags,x_Own"
    )
    first = (
        '"1.5",0.90, acme ,usd,2026-09-01 00:00:00,2026-10-01,usage,NULL,2026-09-05 02:00:00+02:00,NULL,null,,'
        'Cloud,COMPUTE,Machines,wallet,,"a, ""b""\r\nc"'
    )
    second = (
        '"""-2.5e-1""", 0.90 ,acme,USD,2026-09-01,,USAGE,,2026-09-05 07:00:00,,,Null,'
        "Cloud,compute,Machines,wallet,NULL,"
    )
    (tmp_path / "odd.csv").write_text(f"{header}\r\n{first}\r\n\r\n{second}\r\n", encoding="utf-8", newline="")
    assert read(tmp_path / "odd.csv") == read(tmp_path / "plain.csv")


def test_two_casings_of_a_category_are_one_in_the_spelling_of_focus(tmp_path: Path) -> None:
    rows = [
        charge(ServiceCategory="AI AND MACHINE LEARNING", ServiceSubcategory="generative ai", BilledCost="1"),
        charge(ServiceCategory="ai and machine learning", ServiceSubcategory="Generative AI", BilledCost="2"),
        charge(ServiceCategory="OWN THING", ServiceSubcategory="", BilledCost="3"),
        charge(ServiceCategory="Own Thing", ServiceSubcategory="", BilledCost="4"),
    ]
    assert totals(read(write(tmp_path / "a.csv", rows)), "category", "subcategory") == {
        ("AI and Machine Learning", "Generative AI"): (Decimal(3), Decimal("1.8")),
        ("Own thing", ""): (Decimal(7), Decimal("1.8")),
    }


def test_credits_corrections_and_taxes_stay_apart(tmp_path: Path) -> None:
    rows = [
        charge(BilledCost="10"),
        charge(BilledCost="-4", ChargeCategory="Credit"),
        charge(BilledCost="-1", ChargeClass="Correction"),
        charge(BilledCost="2", ChargeCategory="Tax"),
    ]
    assert totals(read(write(tmp_path / "a.csv", rows)), "charge_category", "charge_class") == {
        ("Credit", ""): (Decimal(-4), Decimal("0.9")),
        ("Tax", ""): (Decimal(2), Decimal("0.9")),
        ("Usage", ""): (Decimal(10), Decimal("0.9")),
        ("Usage", "Correction"): (Decimal(-1), Decimal("0.9")),
    }


def test_a_day_is_the_utc_day_of_the_start(tmp_path: Path) -> None:
    starts = ["2026-09-05T23:59:59Z", "2026-09-06T01:00:00+02:00", "2026-09-06 00:00:00", "2026-09-06"]
    facts = read(write(tmp_path / "a.csv", [charge(ChargePeriodStart=start) for start in starts]))
    assert {str(fact.day): fact.billed for fact in facts} == {"2026-09-05": Decimal(2), "2026-09-06": Decimal(2)}


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet"])
def test_each_fault_is_told_by_its_place_and_the_rest_counts(tmp_path: Path, name: str) -> None:
    faulty = [
        charge(BilledCost=""),
        charge(EffectiveCost=""),
        charge(BillingCurrency="US$"),
        charge(BillingCurrency=""),
        charge(ChargePeriodStart=""),
        charge(BillingPeriodStart=""),
    ]
    rows = [charge(), *faulty, charge()]
    folder = Folder(write(tmp_path / name, rows))
    pages = folder.read()
    place = "row {}" if name.endswith("parquet") else "line {}"
    first = 2 if name.endswith("parquet") else 3
    reasons = [
        "BilledCost is missing",
        "EffectiveCost is missing",
        "BillingCurrency is 'US$', which is no ISO 4217 code such as USD",
        "BillingCurrency is missing",
        "ChargePeriodStart is missing",
        "BillingPeriodStart is missing",
    ]
    assert rejected(pages) == {f"{name}, {place.format(first + n)}": reason for n, reason in enumerate(reasons)}
    assert (pages[-1].files[0].rows, pages[-1].files[0].rejected) == (2, 6)
    assert sum(fact.billed for fact in folder.facts) == 2


@pytest.mark.parametrize("cost", ["1,234.50", "twelve", "$1", "NaN", "Infinity", "1e40", "--1", "1.2.3"])
def test_a_cost_that_is_no_number_is_told_in_its_own_words(tmp_path: Path, cost: str) -> None:
    pages = Folder(write(tmp_path / "a.csv", [charge(), charge(EffectiveCost=cost)])).read()
    assert rejected(pages) == {"a.csv, line 3": f"EffectiveCost is '{cost}', which is no number"}


def test_rows_of_another_width_or_encoding_are_told_by_their_line(tmp_path: Path) -> None:
    lines = write(tmp_path / "a.csv", [charge(ServiceName="one\ntwo"), charge(), charge(), charge()]).read_bytes()
    head, first, second, *rest = lines.replace(b"one\ntwo", b"one|two").split(b"\n")
    broken = [
        head,
        first.replace(b"one|two", b"one\ntwo"),
        b"1,2",
        second + b",more",
        rest[0].replace(b"Cloud", b"\xff"),
    ]
    (tmp_path / "a.csv").write_bytes(b"\n".join([*broken, b"", rest[1], b""]))
    folder = Folder(tmp_path / "a.csv")
    pages = folder.read()
    width = len(charge())
    assert rejected(pages) == {
        "a.csv, line 4": f"the row has 2 cells, the header {width}",
        "a.csv, line 5": f"the row has {width + 1} cells, the header {width}",
        "a.csv, line 6": "the row is not UTF-8 text",
    }
    assert pages[-1].files[0].rejected == 3
    assert sum(fact.billed for fact in folder.facts) == 2


def test_of_very_many_faults_the_first_thousand_are_told_and_all_are_counted(tmp_path: Path) -> None:
    rows = [charge(), *(charge(BilledCost=f"x{n}") for n in range(1500))]
    page = Folder(write(tmp_path / "a.csv", rows)).read()[-1]
    assert len(page.rejected) == 1000
    assert page.files[0].rejected == 1500


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ('{"team": "core", "user:stage": "prod"}', (("team", "core"), ("user:stage", "prod"))),
        ('{"team": true}', (("team", "true"),)),
        ('{"team": 7, "user:stage": 1.50}', (("team", "7"), ("user:stage", "1.5"))),
        ('{"team": null, "user:stage": ""}', ()),
        ('{"team": " core \\u00e9 \\"x\\""}', (("team", 'core é "x"'),)),
        ('{"Team": "core"}', ()),
        ("{}", ()),
        ("NULL", ()),
        ("", ()),
    ],
)
def test_tags_are_kept_by_key(tmp_path: Path, tags: str, kept: tuple[tuple[str, str], ...]) -> None:
    pages = Folder(write(tmp_path / "a.csv", [charge(Tags=tags)]), {"tag_keys": ["team", "user:stage"]}).read()
    assert [fact.tags for fact in pages[-1].facts if isinstance(fact, Spend)] == [kept]
    assert pages[-1].notes == ()


@pytest.mark.parametrize("tags", ["[1, 2]", "team=core", '{"team": "co', "7"])
def test_tags_that_are_no_json_object_are_told_and_the_charge_counts(tmp_path: Path, tags: str) -> None:
    folder = Folder(write(tmp_path / "a.csv", [charge(Tags=tags), charge()]), {"tag_keys": ["team"]})
    assert folder.read()[-1].notes == ("a.csv: 1 charges have tags that are no JSON object; they count without tags.",)
    assert [(fact.tags, fact.billed) for fact in folder.facts] == [((), Decimal(2))]


@pytest.mark.parametrize(
    "kind", [pa.map_(pa.string(), pa.string()), pa.struct([("team", pa.string()), ("other", pa.string())])], ids=str
)
def test_tags_of_parquet_may_be_maps_or_structs(tmp_path: Path, kind: pa.DataType) -> None:
    table = typed([charge(Tags=None), charge(Tags=None)])
    cells = [{"team": "core"}, None]
    tags = pa.array([list(cell.items()) if cell and pa.types.is_map(kind) else cell for cell in cells], kind)
    pq.write_table(table.append_column("Tags", tags), tmp_path / "a.parquet")
    assert {fact.tags for fact in read(tmp_path, tag_keys=["team", "none"])} == {(("team", "core"),), ()}


DOUBLES = [0.1, 0.2, 1e-7, 123.456, 999.999999999999, 1000.1, 8760.0, -2.6137, 1e15 + 0.5, 0.1 + 0.2, 5e-324, 1 / 3]


@pytest.mark.parametrize("cost", DOUBLES)
def test_a_double_is_the_shortest_decimal_that_gives_it(tmp_path: Path, cost: float) -> None:
    pq.write_table(typed([charge(BilledCost=repr(cost))], float, pa.float64()), tmp_path / "a.parquet")
    (fact,) = read(tmp_path)
    assert fact.billed == round(Decimal(repr(cost)), 12)
    assert fact.effective == Decimal("0.9")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.integers(-(10**9), 10**9).map(lambda n: n / 10**6),
            st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: x == 0 or math.log10(abs(x)) > -18),
        ),
        min_size=1,
        max_size=200,
    )
)
def test_the_fast_way_from_double_to_decimal_is_the_exact_one(tmp_path: Path, costs: list[float]) -> None:
    pq.write_table(pa.table({"cost": pa.array(costs, pa.float64())}), tmp_path / "costs.parquet")
    with lake.opened(lake.Limits(threads=1)) as engine:
        table = lake.table(engine, tmp_path / "costs.parquet")
        found = table.select(cost=focus_columns._cost(table.cost)).to_pyarrow()["cost"].to_pylist()
    assert found == [round(Decimal(repr(cost)), 18) for cost in costs]


@pytest.mark.parametrize(
    ("kind", "cost"),
    [
        (pa.float32(), float),
        (pa.int64(), lambda text: int(float(text))),
        (pa.string(), str),
        (pa.decimal128(9, 4), Decimal),
    ],
    ids=["float32", "int64", "string", "decimal"],
)
def test_costs_of_any_numeric_type_are_exact(tmp_path: Path, kind: pa.DataType, cost: Any) -> None:
    pq.write_table(typed([charge(BilledCost="7", EffectiveCost="3")] * 3, cost, kind), tmp_path / "a.parquet")
    assert [(fact.billed, fact.effective) for fact in read(tmp_path)] == [(Decimal(21), Decimal(9))]


@pytest.mark.parametrize(
    "kind", [pa.date32(), pa.timestamp("ns"), pa.timestamp("ms", "Europe/Berlin"), pa.string()], ids=str
)
def test_instants_of_any_type_are_utc(tmp_path: Path, kind: pa.DataType) -> None:
    table = typed([charge(ChargePeriodStart="2026-09-05T00:00:00Z")])
    for name in ("ChargePeriodStart", "BillingPeriodStart"):
        column = (
            table[name].cast(kind) if kind != pa.string() else pa.array(["2026-09-05" if "C" in name else "2026-09-01"])
        )
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, tmp_path / "a.parquet")
    assert [(str(fact.day), str(fact.billing_period)) for fact in read(tmp_path)] == [("2026-09-05", "2026-09-01")]


COSTS = st.integers(-(10**15), 10**15).map(lambda n: str(Decimal(n).scaleb(-9)))
CHARGES = st.builds(
    charge,
    BilledCost=COSTS,
    EffectiveCost=COSTS,
    ServiceCategory=st.sampled_from(["Compute", "COMPUTE", "NULL", "", "own"]),
    ChargeCategory=st.sampled_from(["Usage", "Credit"]),
    ChargeClass=st.sampled_from(["", "NULL", "Correction"]),
    SubAccountId=st.sampled_from(["wallet", " wallet ", "ledger", ""]),
    ChargePeriodStart=st.sampled_from(["2026-09-05T07:00:00Z", "2026-09-05T23:00:00Z", "2026-09-06T00:00:00Z"]),
    Tags=st.sampled_from(["", "NULL", '{"team": "core"}', '{"team":"core","x":1}', '{"team": true}']),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CHARGES, min_size=1, max_size=30), data=st.data())
def test_order_split_and_format_of_the_files_do_not_matter_and_parts_add_up(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    formats = data.draw(st.permutations(["csv", "csv.gz", "parquet"]))
    folder = tmp_path_factory.mktemp("law")
    parts = [part for part in (shuffled[:cut], shuffled[cut:]) if part]
    whole = _sums([write(folder / "whole.csv", rows)])
    assert _sums([write(folder / f"{n}.{formats[n]}", part) for n, part in enumerate(parts)]) == whole
    assert sum(billed for billed, _ in whole.values()) == sum(Decimal(row["BilledCost"]) for row in rows)
    assert sum(effective for _, effective in whole.values()) == sum(Decimal(row["EffectiveCost"]) for row in rows)


def _sums(paths: Sequence[Path]) -> dict[Any, tuple[Decimal, Decimal]]:
    with lake.opened(lake.Limits(threads=1)) as engine:
        reduction = Reduction(engine, Grain(("team",)))
        files = [reduction.reduce(File(path, path.name)) for path in paths]
        (period,) = {period for one in files for period in one.periods}
        found = list(reduction.sums(period, files))
    sums = {(one.day, *one.dimensions.values(), one.tags): (one.billed, one.effective) for one in found}
    assert len(sums) == len(found)
    return sums


def test_rounding_is_once_per_sum_half_to_even(tmp_path: Path) -> None:
    rows = [charge(BilledCost="0.0000000000005"), charge(BilledCost="0.0000000000010", SubAccountId="b")]
    rows += [charge(BilledCost="0.0000000000005", SubAccountId="b")] * 3
    facts = read(write(tmp_path / "a.csv", rows))
    assert {fact.sub_account: fact.billed for fact in facts} == {"wallet": Decimal(0), "b": Decimal("2E-12")}


@pytest.mark.parametrize("dialect", ["trino", "snowflake", "bigquery"])
def test_the_expression_of_the_hot_path_is_no_engines_own(dialect: str) -> None:
    columns = {name.casefold(): "string" for name in charge()} | {"billedcost": "decimal(38, 12)"}
    charges = ibis.table(columns, name="charges")
    assert "GROUP BY" in ibis.to_sql(focus_columns.reduced(charges, Grain()), dialect=dialect)


def test_versions_and_missing_columns_are_told_in_any_casing() -> None:
    assert focus_columns.version(["PROVIDERNAME", "serviceprovidername"]) == "1.3"
    assert focus_columns.missing([name.upper() for name in focus_columns.NEEDED]) == ()
    assert focus_columns.missing(["BilledCost"]) == focus_columns.NEEDED[1:]
