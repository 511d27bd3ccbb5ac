"""Debian packages without installing them: fetched with a private apt, unpacked with dpkg-deb.

Which mirror is asked is never written here. It is the one this machine's own apt uses for Debian,
and so are its proxies and certificates; only suite, lists and cache are private.
"""

import os
import subprocess
import tempfile
from pathlib import Path

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class DebsError(Exception):
    """A package could not be had; one line that says which and why."""


def run(command, **more):
    """Runs a command and returns what it printed; DebsError with its last line when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise DebsError(f"{command[0]} failed: {last[0]}")
    return done.stdout


def debian_site():
    """The mirror of the Debian archive (not of its updates) in this machine's apt."""
    text = run(["apt-get", "indextargets", "--format", "$(LABEL)|$(SITE)", "Created-By: Packages"])
    sites = [line.partition("|")[2] for line in text.splitlines() if line.startswith("Debian|")]
    if not sites:
        raise DebsError("apt on this machine knows no Debian archive: run apt-get update first")
    return sites[0]


class Suite:
    """One suite of Debian, with its package lists below `home`."""

    def __init__(self, name, home):
        self.name = name
        self.home = Path(home)
        self._environment = None

    def _apt(self, *words, cwd=None):
        if self._environment is None:
            self._environment = self._prepare()
            run(["apt-get", "update"], env=self._environment)
        return run(list(words), env=self._environment, cwd=cwd)

    def _prepare(self):
        site = debian_site()
        for folder in ("lists/partial", "cache/archives/partial"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        (self.home / "status").touch()
        (self.home / "sources.list").write_text(
            f"deb [signed-by={KEYRING}] {site} {self.name} main\n")
        config = self.home / "apt.conf"
        config.write_text(
            f'Dir::Etc::sourcelist "{self.home}/sources.list";\nDir::Etc::sourceparts "-";\n'
            f'Dir::State::lists "{self.home}/lists";\nDir::State::status "{self.home}/status";\n'
            f'Dir::Cache "{self.home}/cache";\n'
            'APT::Architecture "amd64";\nAPT::Architectures {"amd64";};\n'
            'APT::Sandbox::User "";\nAcquire::Languages "none";\n')
        return {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C.UTF-8"}

    def real_name(self, package):
        """The package that a meta package such as linux-image-cloud-amd64 stands for today."""
        text = self._apt("apt-cache", "depends", "--no-recommends", "--no-suggests", package)
        depends = [line.split()[-1] for line in text.splitlines() if "Depends:" in line]
        if len(depends) != 1:
            raise DebsError(f'"{package}" in {self.name} stands for {len(depends)} packages')
        return depends[0]

    def unpack(self, packages, target):
        """Fetches packages and unpacks them (no scripts are run) into `target`."""
        with tempfile.TemporaryDirectory() as store:
            self._apt("apt-get", "download", "-qq", *packages, cwd=store)
            for deb in sorted(Path(store).glob("*.deb")):
                run(["dpkg-deb", "-x", str(deb), str(target)])
