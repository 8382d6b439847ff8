"""The demo answers as GitHub does: paging, filters, orders, refusals, and the same records by REST and GraphQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from data.sample import Repository
from pipelines.connectors._github.graphql import DEPLOYMENTS, PROJECT_ITEMS, PULL_REQUESTS
from pipelines.demo import serving
from pipelines.demo.github_accounts import stamp
from tests.data.sample.stories import told
from tests.pipelines.demo_server import asking, pages
from tests.pipelines.vendor_schemas import schemas

WALLET = "repos/larkmoor/wallet"


@pytest.fixture(scope="module")
def github() -> Iterator[str]:
    with serving(told()) as base_url:
        yield f"{base_url}/github"


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with asking() as found:
        yield found


@pytest.fixture(scope="module")
def wallet() -> Repository:
    return next(repository for repository in told().repositories if repository.name == "wallet")


def listed(session: requests.Session, address: str, **asked: Any) -> list[dict[str, Any]]:
    return [one for page in pages(session, address, **asked) for one in page]


def graph(session: requests.Session, github: str, query: str, **variables: Any) -> dict[str, Any]:
    body = {"query": query, "variables": variables}
    return session.post(f"{github}/graphql", json=body, timeout=10).json()


def nodes(
    session: requests.Session, github: str, query: str, path: list[str], **variables: Any
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    for _ in range(200):
        page: Any = graph(session, github, query, after=after, **variables)["data"]
        for name in path:
            page = page[name]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]
    raise AssertionError("more than 200 pages")


def test_pages_of_deployments_hold_each_once_from_the_newest_on(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    found = listed(session, f"{github}/{WALLET}/deployments")
    assert [one["id"] for one in found] == [deployment.id for deployment in reversed(wallet.deployments)]


def test_a_page_links_to_its_neighbours_at_the_address_of_the_server(github: str, session: requests.Session) -> None:
    address = f"{github}/{WALLET}/deployments"
    first = session.get(address, params={"per_page": 7}, timeout=10)
    second = session.get(first.links["next"]["url"], timeout=10)
    last = session.get(first.links["last"]["url"], timeout=10)
    assert first.links.keys() == {"next", "last"}
    assert second.links.keys() == {"prev", "next", "last", "first"}
    assert second.links["prev"]["url"] == f"{address}?per_page=7&page=1"
    assert last.links.keys() == {"prev", "first"}


def test_a_listing_of_one_page_has_no_links(github: str, session: requests.Session, wallet: Repository) -> None:
    address = f"{github}/{WALLET}/deployments/{wallet.deployments[0].id}/statuses"
    assert "Link" not in session.get(address, timeout=10).headers


def test_a_page_holds_at_most_100_and_30_by_default(github: str, session: requests.Session) -> None:
    address = f"{github}/{WALLET}/deployments"
    assert len(session.get(address, params={"per_page": 1000}, timeout=10).json()) == 100
    assert len(session.get(address, timeout=10).json()) == 30


def test_deployments_can_be_asked_for_by_environment(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    found = listed(session, f"{github}/{WALLET}/deployments", environment="staging")
    assert [one["id"] for one in found] == [d.id for d in reversed(wallet.deployments) if d.environment == "staging"]


def test_statuses_come_newest_first_and_end_with_inactive_once_superseded(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    deployment = next(d for d in wallet.deployments if d.environment == "production" and d.outcome == "success")
    found = session.get(f"{github}/{WALLET}/deployments/{deployment.id}/statuses", timeout=10).json()
    assert [one["state"] for one in found] == ["inactive", "success", "in_progress", "queued"]
    assert [one["created_at"] for one in found] == [stamp(status.at) for status in reversed(deployment.statuses)]


def test_the_deployment_whose_revision_was_lost_comes_without_sha(github: str, session: requests.Session) -> None:
    found = listed(session, f"{github}/repos/larkmoor/fx/deployments")
    assert [one["created_at"][:7] for one in found if "sha" not in one] == ["2025-05"]


def test_pull_requests_come_by_last_update_with_their_commits_and_reviews(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    found = listed(session, f"{github}/{WALLET}/pulls", state="all", sort="updated", direction="desc")
    assert sorted(one["number"] for one in found) == sorted(pull.number for pull in wallet.pull_requests)
    assert [one["updated_at"] for one in found] == sorted((one["updated_at"] for one in found), reverse=True)
    pull = next(pull for pull in wallet.pull_requests if len(pull.commits) == 3 and pull.reviews)
    commits = session.get(f"{github}/{WALLET}/pulls/{pull.number}/commits", timeout=10).json()
    reviews = session.get(f"{github}/{WALLET}/pulls/{pull.number}/reviews", timeout=10).json()
    assert [one["sha"] for one in commits] == [commit.revision for commit in pull.commits]
    assert [one["submitted_at"] for one in reviews] == [stamp(review.submitted) for review in pull.reviews]


def test_only_open_pull_requests_are_listed_unless_others_are_asked_for(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    found = listed(session, f"{github}/{WALLET}/pulls")
    assert {one["number"] for one in found} == {pull.number for pull in wallet.pull_requests if pull.closed is None}


def test_commits_run_back_from_a_revision_and_between_instants(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    commits = list(reversed(wallet.commits))
    since, until = commits[40].committed, commits[10].committed
    between = listed(session, f"{github}/{WALLET}/commits", since=stamp(since), until=stamp(until))
    older = listed(session, f"{github}/{WALLET}/commits", sha=commits[30].revision)
    assert [one["sha"] for one in between] == [commit.revision for commit in commits[10:41]]
    assert [one["sha"] for one in older] == [commit.revision for commit in commits[30:]]
    assert [one["parents"][0]["sha"] for one in older[:-1]] == [commit.revision for commit in commits[31:]]


def test_a_comparison_has_what_the_later_revision_adds(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    old, *new = wallet.commits[100:104]
    found = session.get(f"{github}/{WALLET}/compare/{old.revision}...{new[-1].revision}", timeout=10).json()
    assert [one["sha"] for one in found["commits"]] == [commit.revision for commit in new]
    assert (found["status"], found["ahead_by"], found["behind_by"]) == ("ahead", 3, 0)


def test_pull_requests_are_among_the_issues_and_say_so(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    found = listed(session, f"{github}/{WALLET}/issues", state="all")
    pulls = {one["number"] for one in found if "pull_request" in one}
    assert pulls == {pull.number for pull in wallet.pull_requests}
    assert {one["number"] for one in found} - pulls == {issue.number for issue in wallet.issues}


def test_issues_can_be_asked_for_by_label_and_last_update(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    features = listed(session, f"{github}/{WALLET}/issues", state="all", labels="feature")
    late = listed(session, f"{github}/{WALLET}/issues", state="all", labels="feature", since="2026-01-01T00:00:00Z")
    assert {one["number"] for one in features} == {i.number for i in wallet.issues if "feature" in i.labels}
    assert {one["number"] for one in late} == {one["number"] for one in features if one["updated_at"] >= "2026"}


def test_events_of_an_issue_tell_when_work_began_and_ended(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    issue = next(i for i in wallet.issues if i.closed and i.started and i.labels == ("feature",))
    found = session.get(f"{github}/{WALLET}/issues/{issue.number}/events", timeout=10).json()
    assert [(one["event"], one.get("label", {}).get("name"), one["created_at"]) for one in found] == [
        ("labeled", "feature", stamp(issue.opened)),
        ("labeled", "in progress", stamp(issue.started)),
        ("closed", None, stamp(issue.closed)),
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("repos/larkmoor/nothing", 404),
        ("repos/other/wallet", 404),
        (f"{WALLET}/deployments/5", 404),
        (f"{WALLET}/pulls/1", 404),
        (f"{WALLET}/commits?sha=nowhere", 404),
        (f"{WALLET}/commits?since=yesterday", 422),
    ],
)
def test_what_is_not_there_or_not_readable_is_refused(
    github: str, session: requests.Session, path: str, status: int
) -> None:
    assert session.get(f"{github}/{path}", timeout=10).status_code == status


def test_without_a_token_nothing_is_answered(github: str) -> None:
    assert requests.get(f"{github}/rate_limit", timeout=10).status_code == 401


def test_each_answer_counts_down_the_rate_limit(github: str, session: requests.Session) -> None:
    left = [int(session.get(f"{github}/rate_limit", timeout=10).headers["X-RateLimit-Remaining"]) for _ in range(3)]
    assert left == [left[0], left[0] - 1, left[0] - 2]


def test_graphql_gives_the_deployments_that_rest_gives(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    found = nodes(
        session, github, DEPLOYMENTS, ["repository", "deployments"], owner="larkmoor", name="wallet", first=50
    )
    assert [(one["databaseId"], one["commitOid"], one["createdAt"]) for one in found] == [
        (d.id, d.revision, stamp(d.created)) for d in reversed(wallet.deployments)
    ]
    assert [[s["state"] for s in one["statuses"]["nodes"]] for one in found] == [
        [s.state.upper() for s in reversed(d.statuses)] for d in reversed(wallet.deployments)
    ]


def test_graphql_gives_the_pull_requests_that_rest_gives(github: str, session: requests.Session) -> None:
    place = {"owner": "larkmoor", "name": "wallet", "first": 25}
    by_graph = nodes(session, github, PULL_REQUESTS, ["repository", "pullRequests"], **place)
    by_rest = listed(session, f"{github}/{WALLET}/pulls", state="all", sort="updated", direction="desc")
    assert [(one["number"], one["updatedAt"], one["mergedAt"]) for one in by_graph] == [
        (one["number"], one["updated_at"], one["merged_at"]) for one in by_rest
    ]
    assert [(one["mergeCommit"] or {}).get("oid") for one in by_graph] == [one["merge_commit_sha"] for one in by_rest]


def test_a_pull_request_names_the_feature_that_it_closes_by_graphql_and_in_its_description(
    github: str, session: requests.Session, wallet: Repository
) -> None:
    place = {"owner": "larkmoor", "name": "wallet", "first": 25}
    by_graph = nodes(session, github, PULL_REQUESTS, ["repository", "pullRequests"], **place)
    by_rest = listed(session, f"{github}/{WALLET}/pulls", state="all")
    closed = {pull.number: pull.closes for pull in wallet.pull_requests if pull.closes}
    named = {one["number"]: one["closingIssuesReferences"]["nodes"] for one in by_graph}
    assert {own: found[0]["number"] for own, found in named.items() if found} == closed
    assert {one["number"]: one["body"] for one in by_rest if one["body"]} == {
        own: f"Closes #{number}" for own, number in closed.items()
    }
    assert len(closed) > 10


def test_the_roadmap_has_every_feature_of_all_repositories_with_its_status(
    github: str, session: requests.Session
) -> None:
    path = ["repositoryOwner", "projectV2", "items"]
    found = nodes(session, github, PROJECT_ITEMS, path, owner="larkmoor", number=1, first=100)
    features = {
        (repository.name, issue.number): "Todo" if issue.started is None and issue.closed is None
        else "In Progress" if issue.closed is None
        else "Done" if issue.reason == "completed" else "Cancelled"
        for repository in told().repositories for issue in repository.issues if "feature" in issue.labels
    }  # fmt: skip
    assert {
        (one["content"]["repository"]["nameWithOwner"].removeprefix("larkmoor/"), one["content"]["number"]):
        one["fieldValueByName"]["name"] for one in found
    } == features  # fmt: skip
    assert len(found) == len(features)


WALLET_NODE = '{ repository(owner: "larkmoor", name: "wallet") { %s } }'


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (WALLET_NODE % "colour", "Field 'colour' doesn't exist on type 'Repository'"),
        ('{ repository(owner: "larkmoor", name: "gone") { id } }', "Could not resolve to a Repository"),
        (WALLET_NODE % "deployments { totalCount }", "You must provide a `first`"),
        (WALLET_NODE % "issues(first: 101) { totalCount }", "limit of 100"),
        (WALLET_NODE % 'issues(first: 1, after: "x") { totalCount }', "valid cursor"),
        (WALLET_NODE % "issue(number: 1) { id }", "with the number of 1"),
        (WALLET_NODE % "name(first: 1)", "doesn't accept argument 'first'"),
        (WALLET_NODE % "issues(first: 1)", "must have selections"),
        (WALLET_NODE % "name { id }", "Selections can't be made on scalars"),
        ('{ repository(owner: "larkmoor") { name } }', "is missing"),
        ("mutation { x }", "only queries"),
        ("{ repository(", "ends too early"),
    ],
    ids=str,
)
def test_graphql_says_what_it_cannot_answer(github: str, session: requests.Session, query: str, says: str) -> None:
    answer = graph(session, github, query)
    assert answer["data"] is None
    assert says in answer["errors"][0]["message"]


def test_graphql_reads_aliases_variables_defaults_and_fragments(github: str, session: requests.Session) -> None:
    query = """
    query Named($owner: String = "larkmoor", $name: String!) {
      it: repository(owner: $owner, name: $name) { ...parts ... on Repository { url } ... on Issue { title } }
    }
    fragment parts on Repository { __typename nameWithOwner }  # named
    """
    found = graph(session, github, query, name="web")["data"]["it"]
    assert found == {"__typename": "Repository", "nameWithOwner": "larkmoor/web", "url": f"{github}/web/larkmoor/web"}


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/repos/{owner}/{repo}", {}),
        ("/repos/{owner}/{repo}/environments", {}),
        ("/repos/{owner}/{repo}/deployments", {"per_page": 40}),
        ("/repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {}),
        ("/repos/{owner}/{repo}/pulls", {"state": "all"}),
        ("/repos/{owner}/{repo}/pulls/{pull_number}/commits", {}),
        ("/repos/{owner}/{repo}/commits", {}),
        ("/repos/{owner}/{repo}/issues", {"state": "all"}),
        ("/repos/{owner}/{repo}/issues/{issue_number}/events", {}),
        ("/rate_limit", {}),
    ],
)
def test_answers_have_the_form_that_github_describes(
    inputs: Path, github: str, session: requests.Session, wallet: Repository, path: str, asked: dict[str, Any]
) -> None:
    described = json.loads((inputs / "vendor_openapi" / "github-rest.json").read_text())
    issue = next(issue for issue in wallet.issues if issue.closed)
    place = {
        "owner": "larkmoor", "repo": "wallet", "deployment_id": wallet.deployments[-1].id,
        "pull_number": wallet.pull_requests[0].number, "issue_number": issue.number,
    }  # fmt: skip
    answer = session.get(github + path.format(**place), params=asked, timeout=10).json()
    schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(answer, {**schema, "components": schemas(described)}, jsonschema.Draft202012Validator)
    assert answer
