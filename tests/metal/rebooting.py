"""A host whose kernel command line is changed by trials, which may be reset by them."""

import base64
import subprocess

from light import Appliance

START_SECONDS = 600  # bounds, not promises
TRIAL_SECONDS = 900
TRIAL = "/var/lib/gasthof/boot/trial"


class Rebooting(Appliance):
    """An appliance that may be reset, with what to do about it."""

    def says(self, command):
        return self.ssh(command, timeout=300).stdout.strip()

    def boot(self):
        return self.says("cat /proc/sys/kernel/random/boot_id")

    def describe(self, text):
        """The agent sees it first, and leaves to a person what it may not do."""
        self.ssh(f"cat >/etc/gasthof/.new <<'END'\n{text}END\n"
                 "mv /etc/gasthof/.new /etc/gasthof/host.yaml", timeout=300)

    def apply(self, text):
        """Applies a description, which reboots the machine; the id of the boot that ends so."""
        before = self.boot()
        self.describe(text)
        plan = self.ssh("gasthof", "plan", timeout=300).stdout
        assert "boot" in plan and "reboot" in plan, plan
        refused = self.ssh("gasthof", "apply", timeout=300, check=False)
        assert refused.returncode == 5, refused.stdout + refused.stderr
        try:  # the connection goes with the machine, in order or not
            self._ssh(("gasthof", "apply", "--allow", "reboot"), 600)
        except subprocess.TimeoutExpired:
            pass
        return before

    def wait_boot(self, known, line):
        """Waits until a boot that is none of `known` lets us in, its command line having (or, after
        "!", not having) this word; its id."""
        def attempt(_left):
            try:
                done = self._ssh(("cat /proc/sys/kernel/random/boot_id /proc/cmdline",), 60)
            except Exception as error:
                raise OSError("no answer") from error
            new, _, words = done.stdout.partition("\n")
            if done.returncode or new in known or (line[1:] in words) == line.startswith("!"):
                raise OSError(f"still {done.stdout or done.stderr}")
            return new
        return self._retry(attempt, TRIAL_SECONDS, f"another boot, {line}")

    def wait_kept(self):
        """Waits until the trial at hand has been judged and tidied up."""
        def attempt(_left):
            done = self._ssh((f"test ! -e {TRIAL} && gasthof plan --exit-code",), 120)
            if done.returncode:
                raise OSError(f"{done.stdout}{done.stderr}")
        self._retry(attempt, TRIAL_SECONDS, "a trial that is kept")

    def wait_fault(self, *words):
        """Waits until `gasthof status` has a fault with these words."""
        def attempt(_left):
            done = self._ssh(("gasthof", "status"), 120)
            said = done.stdout + done.stderr
            if done.returncode != 4 or not all(word in said for word in words):
                raise OSError(f"status {done.returncode}: {said}")
        self._retry(attempt, 600, f"a fault that says {words}")


def credential(key):
    """What QEMU is told so that systemd gives the key to root."""
    text = base64.b64encode(key.with_suffix(".pub").read_bytes()).decode()
    return ["-smbios", f"type=11,value=io.systemd.credential.binary:ssh.authorized_keys.root={text}"]
