"""A client of VNC that goes as far as its password (RFC 6143, 7.1 and 7.2.2)."""

import subprocess

# In the container, whose loopback the screen listens on; the answer to the challenge is made outside.
CLIENT = """
import socket, sys
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30)
stream = link.makefile("rb")
assert stream.read(12).startswith(b"RFB 003.")
link.sendall(b"RFB 003.008\\n")
kinds = stream.read(stream.read(1)[0])
if 2 not in kinds:
    print("no password is asked for")
    sys.exit()
link.sendall(bytes([2]))
print(stream.read(16).hex(), flush=True)
link.sendall(bytes.fromhex(sys.stdin.readline()))
print(int.from_bytes(stream.read(4), "big"))
"""


def answer(challenge: str, password: str) -> str:
    """DES with the password as the key, whose bits are counted from the other end. Three times the
    same key is one DES, and unlike that one in every OpenSSL."""
    key = bytes(int(f"{byte:08b}"[::-1], 2) for byte in password.encode().ljust(8, b"\0")[:8]).hex()
    done = subprocess.run(["openssl", "enc", "-des-ede3-ecb", "-nopad", "-K", key * 3],
                          input=bytes.fromhex(challenge), stdout=subprocess.PIPE, check=True)
    return done.stdout.hex()


def lets_in(container, port: int, password: str) -> bool:
    """Whether the screen takes this password; AssertionError where it asks for none."""
    client = container.spawn("python3", "-c", CLIENT, str(port), stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    challenge = client.stdout.readline().strip()
    assert len(challenge) == 32, challenge
    verdict, _ = client.communicate(answer(challenge, password) + "\n", timeout=60)
    assert verdict.strip() in ("0", "1"), verdict
    return verdict.strip() == "0"
