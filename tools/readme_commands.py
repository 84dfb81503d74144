#!/usr/bin/env python3
"""Runs the shell commands of the README that talk to a running service, as printed.

A block fenced as ```sh is run when its first word is `curl`; what the README prints below it, in a block fenced as ```json,
must be part of the answer: every member shown must be there with the value shown.

Usage: readme_commands.py README.md
Exit status: 0 all as printed, 1 something differs, 2 no command was found.
"""
import json
import re
import subprocess
import sys
from pathlib import Path


def holds(shown, answer):
    """Whether everything that is shown is in the answer."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(key in answer and holds(value, answer[key]) for key, value in shown.items())
    if isinstance(shown, list):
        return isinstance(answer, list) and all(any(holds(item, other) for other in answer) for item in shown)
    return shown == answer


def main(argv):
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", Path(argv[1]).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    run = failed = 0
    for at, (language, text) in enumerate(blocks):
        if language != "sh" or not text.startswith("curl"):
            continue
        run += 1
        done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=30, check=False)
        shown = blocks[at + 1] if at + 1 < len(blocks) and blocks[at + 1][0] == "json" else None
        try:
            good = done.returncode == 0 and (shown is None or holds(json.loads(shown[1]), json.loads(done.stdout)))
        except json.JSONDecodeError:
            good = False
        if not good:
            failed += 1
            print(f"not as printed:\n{text}{done.stdout[:2000]}{done.stderr[:500]}")
    print(f"{run} commands, {failed} not as printed")
    return 2 if run == 0 else int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
