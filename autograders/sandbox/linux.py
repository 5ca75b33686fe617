"""The few system calls of Linux that a jail is made of and that Python's `os` lacks (man pages: section 2)."""

import contextlib
import ctypes
import os
import platform

# unshare(2)
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET
# mount(2), umount2(2), mount_setattr(2)
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
SYS_OPEN_TREE, SYS_MOUNT_SETATTR = 428, 442  # the same numbers on every architecture
OPEN_TREE_CLONE = 1
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
# prctl(2)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAPABILITY_VERSION_3 = 0x20080522
CAPABILITIES = 64  # more than Linux has: `drop_capabilities` stops at the first number that is refused

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def _checked(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def machine():
    """Return the architecture under its name in the tables above; raise OSError if it is not in them."""
    name = platform.machine()
    if name not in SYS_PIVOT_ROOT:
        raise OSError(f"no sandbox: expected the architecture {' or '.join(SYS_PIVOT_ROOT)}, got {name}")
    return name


def unshare(flags):
    """Move this process to new namespaces of the kinds in `flags`."""
    _checked(_libc.unshare(flags), "unshare")


def mount(source, target, kind=None, flags=0, data=""):
    """Mount a file system, or show one place at another, too (MS_BIND)."""
    encode = lambda text: None if text is None else os.fsencode(text)  # noqa: E731
    result = _libc.mount(encode(source), encode(target), encode(kind), flags, encode(data))
    _checked(result, f"mount {source} on {target}")


def make_read_only(path, recursive=True):
    """Make a mount read-only, without set-user-id programs and devices; also all mounts below it, if `recursive`."""
    attributes = _MountAttr(attr_set=MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
    flags = AT_RECURSIVE if recursive else 0
    arguments = (AT_FDCWD, os.fsencode(path), flags, ctypes.byref(attributes), ctypes.sizeof(attributes))
    _checked(_libc.syscall(SYS_MOUNT_SETATTR, *arguments), f"mount_setattr {path}")


def pivot_into(root):
    """Make `root` the root of the file system, and unmount the old one."""
    os.chdir(root)
    _checked(_libc.syscall(SYS_PIVOT_ROOT[machine()], b".", b"."), "pivot_root")
    _checked(_libc.umount2(b".", MNT_DETACH), "umount2")
    os.chdir("/")


def copy_of_tree(path):
    """Return a file descriptor of a copy of the mounts at `path` and below, which belongs to no mount namespace."""
    flags = OPEN_TREE_CLONE | AT_RECURSIVE | os.O_CLOEXEC
    descriptor = _libc.syscall(SYS_OPEN_TREE, AT_FDCWD, os.fsencode(path), flags)
    _checked(min(descriptor, 0), f"open_tree {path}")
    return descriptor


def prctl(option, *values):
    """Set an attribute of this process."""
    numbers = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    _checked(_libc.prctl(option, *numbers), f"prctl {option}")


def drop_capabilities():
    """Give up every capability of this process, for good."""
    with contextlib.suppress(OSError):
        for number in range(CAPABILITIES):
            prctl(PR_CAPBSET_DROP, number)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked(_libc.syscall(SYS_CAPSET[machine()], header, nothing), "capset")


def set_filter(program):
    """Install a seccomp filter: `program` is a list of BPF instructions (code, jump if true, jump if false, k)."""

    class Instruction(ctypes.Structure):
        _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32)]

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(Instruction))]

    instructions = (Instruction * len(program))(*program)
    whole = Program(len(program), instructions)
    mode_filter = 2
    result = _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(mode_filter), ctypes.byref(whole), 0, 0)
    _checked(result, "prctl seccomp")
