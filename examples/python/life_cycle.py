"""Writes two log lines and finds one of them again.

Bodies and answers are classes that quicktype has made from the document; the
rest is the standard library.
"""

import json
import os
import time
import urllib.request
from email.message import Message
from typing import Any, Dict, List, Optional, Tuple

import lts_models as lts

ENDPOINT = os.environ.get("LTS_ENDPOINT", "http://127.0.0.1:8080")


def call(method: str, path: str, body: Any = None, token: str = "") -> Tuple[Any, Message]:
    """Sends a request and gives the body and the headers of the answer.

    An answer that is no success is a urllib.error.HTTPError.
    """
    request = urllib.request.Request(ENDPOINT + path, method=method)
    if token:
        request.add_header("X-Auth-Token", token)
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body.to_dict()).encode()
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return json.loads(text) if text else None, answer.headers


def login() -> Tuple[str, str]:
    """Gives a token of the development credentials and the ID of its project."""
    user = lts.TokenUser(password="dev", name="dev", domain=lts.DomainRef(name="dev"))
    identity = lts.TokenIdentity(methods=[lts.Method.PASSWORD], password=lts.TokenPassword(user=user))
    scope = lts.TokenScope(project=lts.ProjectRef(name="dev"))
    request = lts.CreateTokenRequest(auth=lts.TokenAuth(identity=identity, scope=scope))
    body, headers = call("POST", "/v3/auth/tokens", request)
    project = lts.CreateTokenResponse.from_dict(body).token.project
    assert project is not None, "the token is for no project"
    return headers["X-Subject-Token"], project.id


class Project:
    """The groups of a project."""

    def __init__(self) -> None:
        self.token, project_id = login()
        self.path = f"/v2/{project_id}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return call(method, self.path + path, body, self.token)[0]

    def create_group(self, name: str) -> str:
        request = lts.CreateLogGroupRequest(log_group_name=name, ttl_in_days=7)
        return lts.CreateLogGroupResponse.from_dict(self.call("POST", "/groups", request)).log_group_id

    def create_stream(self, group: str, name: str) -> str:
        request = lts.CreateLogStreamRequest(log_stream_name=name)
        return lts.CreateLogStreamResponse.from_dict(self.call("POST", f"/groups/{group}/streams", request)).log_stream_id

    def write(self, group: str, stream: str, lines: List[str], labels: Optional[Dict[str, str]] = None) -> None:
        """Sends lines with times from now on, a nanosecond apart."""
        request = lts.ReportLogsRequest(contents=lines, log_time_ns=time.time_ns(), labels=labels)
        self.call("POST", f"/lts/groups/{group}/streams/{stream}/tenant/contents", request)

    def search(self, group: str, stream: str, word: str) -> List[str]:
        """Finds the lines of the last and the next minute that have a word."""
        now = time.time_ns() // 1_000_000
        request = lts.ListLogsRequest(start_time=now - 60_000, end_time=now + 60_000, keywords=word, highlight=False)
        body = self.call("POST", f"/groups/{group}/streams/{stream}/content/query", request)
        return [log.content for log in lts.ListLogsResponse.from_dict(body).logs]

    def delete_group(self, group: str) -> None:
        self.call("DELETE", f"/groups/{group}")

    def group_ids(self) -> List[str]:
        return [group.log_group_id for group in lts.ListLogGroupsResponse.from_dict(self.call("GET", "/groups")).log_groups]


def main() -> None:
    project = Project()
    group = project.create_group(f"python-{time.time_ns()}")
    try:
        stream = project.create_stream(group, "access")
        project.write(group, stream, ["GET / 200", "GET /login 500"], labels={"host": "a"})
        found = project.search(group, stream, "login")
        if found != ["GET /login 500"]:
            raise SystemExit(f"found {found}, want one line")
    finally:
        project.delete_group(group)
    if group in project.group_ids():
        raise SystemExit("the group is there after it was deleted")
    print("python: created, written, found, deleted")


if __name__ == "__main__":
    main()
