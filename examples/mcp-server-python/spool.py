#!/usr/bin/env python3
"""A check of your own, in Python with nothing but its standard library: an MCP server over stdio with one tool.

Every folder under the one that the environment variable SPOOL names is a queue, and every file in it is a job that
waits. The tool says of each queue whether its oldest job waits for too long, as a holdfast/check-result/v1.

MCP over stdio is one JSON-RPC message a line, on stdin and stdout; what is for people goes to stderr.
"""

import json
import os
import sys
import time

TOOL = {
    "name": "spool_backlog",
    "description": "Looks how long the oldest job of each queue under the spool folder has been waiting.",
    "inputSchema": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"minutes": {"type": "integer", "minimum": 1, "description": "longer than this is a backlog"}},
    },
    "annotations": {"readOnlyHint": True, "openWorldHint": False},
}


def spool_backlog(minutes=15):
    folder = os.environ["SPOOL"]
    return {
        "schema": "holdfast/check-result/v1",
        "resources": [
            look_at(entry, minutes) for entry in sorted(os.scandir(folder), key=lambda entry: entry.name) if entry.is_dir()
        ],
    }


def look_at(queue, minutes):
    try:
        written = [job.stat().st_mtime for job in os.scandir(queue.path) if job.is_file()]
    except OSError as error:
        # "Could not look" is not "all is well".
        return {"resource": queue.name, "unknown": f"{queue.path}: {error.strerror}"}
    waiting = (time.time() - min(written)) / 60 if written else 0
    if waiting <= minutes:
        return {"resource": queue.name}
    backlog = {
        "id": "backlog",
        "severity": "high" if waiting > 10 * minutes else "medium",
        "title": f"{queue.name}: the oldest of {len(written)} jobs waits for {waiting:.0f} minutes",
        "why": "Nobody takes jobs out of it, or not as fast as they come.",
        "next": f"ls -ltr {queue.path}, and see whether its worker runs",
        "evidence": [{"label": "jobs", "value": len(written)}, {"label": "minutes", "value": round(waiting)}],
    }
    return {"resource": queue.name, "findings": [backlog]}


def answer(method, params):
    if method == "initialize":
        return {
            "protocolVersion": params.get("protocolVersion", "2025-11-25"),
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "spool", "version": "1"},
        }
    if method == "ping":
        return {}
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call" and params.get("name") == TOOL["name"]:
        try:
            result = spool_backlog(**params.get("arguments", {}))
        except Exception as error:  # whatever it is, the client is told, and the server goes on
            return {"isError": True, "content": [{"type": "text", "text": f"{type(error).__name__}: {error}"}]}
        return {"structuredContent": result, "content": [{"type": "text", "text": json.dumps(result)}]}
    return None


def main():
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message or "method" not in message:
            continue  # a notification wants no answer
        result = answer(message["method"], message.get("params", {}))
        reply = {"jsonrpc": "2.0", "id": message["id"]}
        if result is None:
            reply["error"] = {"code": -32601, "message": f"there is no {message['method']} here"}
        else:
            reply["result"] = result
        print(json.dumps(reply), flush=True)


main()
