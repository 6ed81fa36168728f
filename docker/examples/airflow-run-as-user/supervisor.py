"""supervisor.py [USER]: runs one task as USER, by default as $GOSU_USER, and logs what it says.

The task is a child that hands itself over to the other user by execvp: it keeps its pid, its socket to the supervisor, and
the startup message in its environment. Ends with the task's exit code.
"""
import hashlib
import json
import os
import socket
import sys


def log(kind, **fields):
    print(json.dumps({"log": kind, **fields}), flush=True)


def become_task(user, connection, stderr, message):
    """In the child. Returns only if stepdown cannot be executed."""
    connection.set_inheritable(True)
    os.dup2(stderr, 2)
    os.environ["_AIRFLOW__STARTUP_MSG"] = message
    os.environ["_AIRFLOW__REEXECUTED_PROCESS"] = "1"
    command = ["python3", "/opt/task.py", str(connection.fileno())]
    os.execvp("stepdown", ["stepdown", *(["-u", user] if user else []), *command])


def supervise(user):
    ours, theirs = socket.socketpair()
    stderr_read, stderr_write = os.pipe()
    message = json.dumps({"what": "StartupDetails", "ti": {"try_number": 1}, "dag": "x" * 100_000})
    pid = os.fork()
    if pid == 0:
        become_task(user, theirs, stderr_write, message)
    theirs.close()
    os.close(stderr_write)

    with ours.makefile("rw") as talk:
        for line in talk:
            said = json.loads(line)
            if said.pop("ask", None) == "connection":  # a request, answered through the same socket
                talk.write(json.dumps({"conn_id": "db", "host": "localhost"}) + "\n")
                talk.flush()
            else:
                same_pid = said.pop("pid") == pid
                intact = said.pop("message_sha256") == hashlib.sha256(message.encode()).hexdigest()
                log("task", same_pid=same_pid, message_intact=intact, **said)
    with os.fdopen(stderr_read, errors="replace") as stderr:
        for line in stderr:
            log("task.stderr", line=line.rstrip("\n"))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    log("end", exit_code=code)
    return code


sys.exit(supervise(sys.argv[1] if len(sys.argv) > 1 else None))
