"""The QEMU Machine Protocol over an already connected socket: commands, and events by name."""

import json
import threading


class QmpError(Exception):
    """The monitor refused a command, or is gone."""


class Qmp:
    """Talks to one monitor. A reader thread collects events; `changed` (a Condition, may be
    shared with other readers) is notified on each message and when the monitor goes away."""

    def __init__(self, sock, changed=None):
        self._file = sock.makefile("rwb")
        self._sock = sock
        self._answers = []
        self._asking = threading.Lock()
        self.changed = changed or threading.Condition()
        self.events = []
        self.gone = False
        self._greeted = False
        self._thread = threading.Thread(target=self._read, name="qmp", daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for line in self._file:
                self._take(json.loads(line))
        except (OSError, ValueError):
            pass
        with self.changed:
            self.gone = True
            self.changed.notify_all()

    def _take(self, message):
        with self.changed:
            if "event" in message:
                self.events.append(message)
            elif "QMP" in message:
                self._greeted = True
            else:
                self._answers.append(message)
            self.changed.notify_all()

    def _wait(self, ready, timeout, what):
        with self.changed:
            self.changed.wait_for(lambda: self.gone or ready(), timeout)
            if not ready():
                raise QmpError(f"{what}: " + ("monitor is gone" if self.gone else "no answer"))

    def negotiate(self, timeout=180):
        """Waits for the greeting and leaves negotiation mode."""
        self._wait(lambda: self._greeted, timeout, "greeting")
        self.execute("qmp_capabilities", timeout=timeout)

    def execute(self, command, timeout=180, **arguments):
        """Runs a command and returns what it returned; QmpError when it was refused."""
        with self._asking:
            self._answers.clear()
            request = {"execute": command, "arguments": arguments}
            try:
                self._file.write(json.dumps(request).encode() + b"\n")
                self._file.flush()
            except OSError as error:
                raise QmpError(f"{command}: {error}") from error
            self._wait(lambda: self._answers, timeout, command)
            answer = self._answers.pop(0)
        if "error" in answer:
            raise QmpError(f"{command}: {answer['error'].get('desc', answer['error'])}")
        return answer.get("return")

    def human(self, line, timeout=180):
        """Runs a line of the human monitor, for what QMP itself does not know."""
        return self.execute("human-monitor-command", timeout, **{"command-line": line})

    def seen(self, name):
        """The events of that name so far, oldest first."""
        with self.changed:
            return [event for event in self.events if event["event"] == name]

    def close(self):
        """Closes the socket; the reader ends by itself."""
        try:
            self._sock.shutdown(2)
        except OSError:
            pass
        self._sock.close()
