"""Calls every management method of the vendor's Python SDK, found by walking the client, against the sandbox.

Prints a line of JSON for each call: the method, and the response as the SDK read it, or the status and body of an error.
"""

import inspect
import json
import sys

from deepgram import DeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.environment import DeepgramClientEnvironment

base_url, api_key = sys.argv[1:]
environment = DeepgramClientEnvironment(base=base_url, production=base_url, agent=base_url, agent_rest=base_url)
client = DeepgramClient(api_key=api_key, environment=environment)

ARGUMENTS = {
    "project_id": "11111111-1111-4111-8111-111111111111",
    "key_id": "33333333-3333-4333-8333-333333333333",
    "member_id": "44444444-4444-4444-8444-444444444444",
    "email": "new+hire@example.com",
    "scope": "member",
    "balance_id": "55555555-5555-4555-8555-555555555555",
    "model_id": "66666666-6666-4666-8666-666666666666",
    "request_id": "00000000-0000-4000-8000-000000000019",
    "distribution_credentials_id": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
    "request": {"comment": "from Python", "scopes": ["usage:read"]},
}


def methods(value, path):
    """Every public method below a client, with its path."""
    for name in dir(type(value)):
        if name.startswith("_") or name == "with_raw_response":
            continue
        member = inspect.getattr_static(type(value), name)
        if isinstance(member, property):
            yield from methods(getattr(value, name), f"{path}.{name}")
        elif inspect.isfunction(member):
            yield f"{path}.{name}", getattr(value, name)


def call(path, method):
    parameters = inspect.signature(method).parameters.values()
    required = [parameter.name for parameter in parameters if parameter.default is inspect.Parameter.empty]
    try:
        response = method(**{name: ARGUMENTS[name] for name in required})
    except ApiError as error:
        print(json.dumps({"method": path, "status": error.status_code, "error": error.body}))
        return
    # The SDK has types that its own responses do not fit, and warns of them here.
    body = response.model_dump(mode="json", warnings=False) if hasattr(response, "model_dump") else response
    print(json.dumps({"method": path, "response": body}))


# What removes something goes last, and what removes the project after all.
LAST = [".keys.delete", ".invites.delete", ".distribution_credentials.delete", ".members.delete", ".leave", "projects.delete"]


def order(item):
    path = item[0]
    return next((index for index, end in enumerate(LAST, 1) if path.endswith(end)), 0)


found = [item for name in ("auth", "manage", "self_hosted") for item in methods(getattr(client, name), name)]
for path, method in sorted(found, key=order):
    if path.endswith(".leave"):
        # The member that the caller is taken for was removed just before.
        ARGUMENTS["project_id"] = "22222222-2222-4222-8222-222222222222"
    if path.endswith("projects.delete"):
        ARGUMENTS["project_id"] = "11111111-1111-4111-8111-111111111111"
    call(path, method)

for fault in ["429; retry-after=0", "503"]:
    options = {"additional_headers": {"x-sandbox-fault": fault}, "max_retries": 0}
    call(fault, lambda: client.manage.v1.projects.list(request_options=options))
