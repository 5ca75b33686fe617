"""Attacks that want to talk to somebody: to the world, to services of this machine, to another submission."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code


def _reach(body):
    return "import os, socket, struct\n" + body


@code("the world: TCP to addresses by number, IPv4 and IPv6")
def tcp():
    return _reach("""
for family, address in ((socket.AF_INET, ("1.1.1.1", 80)), (socket.AF_INET, ("8.8.8.8", 53)), (socket.AF_INET6, ("2606:4700:4700::1111", 80)),
                        (socket.AF_INET, ("169.254.169.254", 80)), (socket.AF_INET, ("10.0.0.1", 22))):
    try:
        with socket.socket(family) as one:
            one.settimeout(1); one.connect(address); print("REACHED", address)
    except OSError as error: print(error)
""")


@code("names: DNS over the resolver, over UDP, over a multicast")
def dns():
    return _reach("""
for name in ("example.com", "_gateway"):
    try: print("REACHED", socket.gethostbyname(name))
    except OSError as error: print(error)
query = b"\\x12\\x34\\x01\\0\\0\\1\\0\\0\\0\\0\\0\\0\\7example\\3com\\0\\0\\1\\0\\1"
for server in ("1.1.1.1", "127.0.0.53", "224.0.0.251", "255.255.255.255"):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.settimeout(0.5); one.sendto(query, (server, 53)); print("REACHED", one.recv(100))
    except OSError as error: print(error)
""")


@code("services of this machine: a TCP port on the loopback, and a socket with an abstract name")
def services(desk):
    return _reach(f"""
for family, address in ((socket.AF_INET, ("127.0.0.1", {desk.ports.get("tcp", 22)})), (socket.AF_UNIX, {desk.ports.get("abstract", "x")!r}),
                        (socket.AF_UNIX, {desk.ports.get("unix", "/run/docker.sock")!r})):
    try:
        with socket.socket(family) as one:
            one.settimeout(1); one.connect(address); print("REACHED", address, one.recv(100))
    except OSError as error: print(address, error)
""")


@code("odd families: raw packets, netlink, virtual machines' sockets, Bluetooth, the kernel's ciphers")
def odd_families():
    return _reach("""
for family in range(3, 46):
    if family == 10: continue
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        for protocol in (0, 3, 9, 12, 15):
            try: socket.socket(family, kind, protocol); print("OPENED" if (family, protocol) != (16, 0) else "the list of interfaces", family, kind, protocol)
            except OSError: pass
for protocol in (1, 6, 17, 255):
    try: socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol); print("REACHED raw", protocol)
    except OSError: pass
""")


@code("to be reached: a server on every address, and an interface brought up")
def server():
    return _reach("""
import fcntl
try:
    one = socket.create_server(("", 8888)); print(one.getsockname(), socket.if_nameindex())
    fcntl.ioctl(one, 0x8914, struct.pack("16sH14x", b"lo", 1 | 64)); print("REACHED: interface is up")
except OSError as error: print(error)
""")
