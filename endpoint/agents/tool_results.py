"""What the tools return: the structured results, whose schemas clients read."""

from typing import Literal

from pydantic import BaseModel, Field

Cell = str | int | float | bool | None


class NamedValue(BaseModel):
    """A topic, country or city with its code."""

    code: str = Field(description="What filters accept, such as education, FRA or it-ravenna.")
    name: str
    iri: str


class PracticeCard(BaseModel):
    """A practice in a list."""

    slug: str = Field(description="Identifies the practice in read_practice.")
    iri: str
    title: str
    summary: str = ""
    cities: list[str] = []
    countries: list[str] = []
    topics: list[str] = []
    date: str = Field(default="", description="The date as the source words it; empty if unknown.")


class SearchPage(BaseModel):
    """One page of a search."""

    total: int = Field(
        description="How many practices match, on all pages; with words, related ones are included."
    )
    page: int
    pages: int
    practices: list[PracticeCard]
    filters: dict[str, list[str]] = Field(description="The filters as they were understood.")
    note: str = Field(default="", description="What to do next, where there is something to say.")
    address: str = Field(default="", description="The same list on the website.")


class PracticeSection(BaseModel):
    """A named part of the text of a practice."""

    name: str
    text: str


class PracticeText(BaseModel):
    """A practice with everything that its record says, in one language where there is a choice."""

    slug: str
    iri: str
    page: str = Field(description="The page of the record, to show and to cite.")
    title: str
    language: str = Field(description="Language of the title and texts.")
    other_languages: list[str] = Field(
        default=[], description="Further languages that the title or texts have."
    )
    summary: str = ""
    sections: list[PracticeSection] = []
    cities: list[NamedValue] = []
    countries: list[NamedValue] = []
    topics: list[NamedValue] = []
    date: str = Field(default="", description="The date as the source words it; empty if unknown.")
    start_year: int | None = None
    end_year: int | None = None
    ongoing: bool | None = Field(default=None, description="null means unknown.")
    sources: list[str] = Field(default=[], description="Web pages that the record comes from.")
    rights: str = ""
    rights_holder: str = ""
    modified: str = ""
    note: str = ""


class TermRow(BaseModel):
    """A class, property or value that occurs in the data."""

    code: str = Field(description="What filters accept, or how a query writes it.")
    name: str
    iri: str
    count: int = Field(description="Practices with this value; members of a class; subjects with a property.")
    definition: str = ""


class TermPage(BaseModel):
    """One page of a list of terms or values, the most frequent first."""

    kind: str
    total: int
    page: int
    pages: int
    terms: list[TermRow]
    note: str = ""


class QueryRows(BaseModel):
    """The result of a SPARQL query."""

    form: Literal["rows", "boolean", "graph"]
    columns: list[str] = []
    rows: list[list[Cell]] = Field(
        default=[], description="Values in the order of the columns; null where a variable has no value."
    )
    boolean: bool | None = None
    graph: str = Field(default="", description="Turtle, for CONSTRUCT and DESCRIBE.")
    total: int = Field(default=0, description="How many rows or lines the whole result has.")
    truncated: bool = False
    note: str = Field(
        default="", description="What was cut and how to get the rest, or why the result may be empty."
    )


class CheckFinding(BaseModel):
    """A problem in data that was checked."""

    severity: Literal["violation", "warning", "info"]
    code: str
    message: str
    place: str = Field(default="", description="Row and column, or line, or the focus node.")
    suggestion: str = ""
    advice: str = ""


class CheckVerdict(BaseModel):
    """The verdict on data, and its problems, the most serious first."""

    verdict: Literal["accepted", "not-accepted", "not-fully-checked"] = Field(
        description="not-fully-checked: a part of the rules was not applied, so this is no success."
    )
    practices: int = Field(description="Practices that were read and can be published.")
    violations: int
    warnings: int
    infos: int
    findings: list[CheckFinding]
    note: str = ""
