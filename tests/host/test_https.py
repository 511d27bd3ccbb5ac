"""Images over https: only from who can show that the name in the URL is theirs."""

import subprocess
from pathlib import Path

import pytest

from container import Container, wait_for
from described import POOL, describe, image_digest
from trees import guest_image

pytestmark = [pytest.mark.cost(8, telling=2)]

TRUSTED = "/etc/ssl/certs/ca-certificates.crt"  # what update-ca-certificates(8) keeps
POOL_PATH = "/var/lib/gasthof/pools/default"
SERVE = """\
import http.server, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])),
                                         http.server.SimpleHTTPRequestHandler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print("serving", flush=True)
server.serve_forever()
"""


def openssl(folder: Path, *argv: str) -> None:
    subprocess.run(
        ["openssl", *argv], cwd=folder, check=True, timeout=240, stdin=subprocess.DEVNULL,
        capture_output=True,
    )


def authority(folder: Path, name: str) -> None:
    openssl(
        folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}",
        "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE",
    )


def certificate(folder: Path, by: str, host: str) -> None:
    """HOST-BY.pem and its key: HOST, as the authority BY says."""
    name = f"{host}-{by}"
    openssl(
        folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}",
    )
    (folder / "names").write_text(f"subjectAltName=DNS:{host}\n")
    openssl(
        folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key",
        "-CAcreateserial", "-days", "2", "-extfile", "names", "-out", f"{name}.pem",
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    authority(folder, "known")
    authority(folder, "unknown")
    certificate(folder, "known", "images.test")
    certificate(folder, "known", "elsewhere.test")
    certificate(folder, "unknown", "images.test")
    return folder


def serve(house: Container, port: int, certificates: Path, name: str):
    for suffix in ("pem", "key"):
        house.put(f"/srv/{name}.{suffix}", (certificates / f"{name}.{suffix}").read_text())
    house.put("/srv/serve.py", SERVE)
    server = house.spawn(
        "sh", "-c", 'cd /srv/images && exec python3 ../serve.py "$@"', "serve", str(port),
        f"/srv/{name}.pem", f"/srv/{name}.key",
    )
    assert server.stdout.readline().strip() == b"serving"
    return server


@pytest.fixture(scope="module")
def web(house, certificates):
    """One server for each certificate: port -> whose it is."""
    inside = house.container
    inside.put("/srv/images/small.qcow2", guest_image().read_bytes())
    inside.run("sh", "-c", "echo 127.0.0.1 images.test >>/etc/hosts")
    inside.put(TRUSTED, (certificates / "known.pem").read_text())
    ports = {8443: "images.test-known", 8444: "images.test-unknown", 8445: "elsewhere.test-known"}
    servers = [serve(inside, port, certificates, name) for port, name in ports.items()]
    yield house
    for server in servers:
        server.kill()
        server.wait(30)


def described(port: int) -> str:
    url = f"https://images.test:{port}/small.qcow2"
    return describe(POOL, f'images: {{small: {{url: "{url}", sha256: "{image_digest()}"}}}}')


def images(house) -> list[str]:
    return house.out("find", POOL_PATH, "-type", "f").split()


@pytest.mark.parametrize(
    "port, why", [(8444, "certificate"), (8445, "does not match target host")]
)
def test_who_cannot_show_it_is_refused_and_leaves_nothing(web, port, why):
    said = web.apply(described(port), status=1)
    assert why in said, said
    assert "images.small" in said
    assert images(web) == []


def test_what_is_not_encrypted_is_no_answer(web):
    """A server that speaks no TLS, where an https URL leads."""
    plain = web.container.spawn(
        "python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "8446"
    )
    listens = ("sh", "-c", "ss -Hltn sport = :8446 | grep -q .")
    wait_for("server", lambda: web.container.run(*listens, check=False).returncode == 0)
    said = web.apply(described(8446), status=1)
    assert "images.small" in said
    assert images(web) == []
    plain.kill()
    plain.wait(30)


def test_a_good_certificate_brings_the_image(web):
    web.apply(described(8443))
    assert len(images(web)) == 1
    assert web.out("sha256sum", *images(web)).split()[0] == image_digest()
    web.assert_settled()
