"""System calls that a jailed process is refused, because no learner's notebook needs them (seccomp, BPF).

Some of them make memory that /proc counts for no process (memfd, System V): it could not be limited.
"""

import errno

from autograders.sandbox import linux

# Numbers from the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
REFUSED = {
    "x86_64": {
        "shmget": 29, "semget": 64, "msgget": 68, "memfd_create": 319, "memfd_secret": 447,
        "ptrace": 101, "syslog": 103, "vhangup": 153, "pivot_root": 155, "_sysctl": 156, "chroot": 161, "acct": 163,
        "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170,
        "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179,
        "sched_setaffinity": 203,
        "lookup_dcookie": 212, "inotify_init": 253, "inotify_init1": 294,
        "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272,
        "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "kexec_file_load": 320,
        "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "open_tree": 428, "move_mount": 429, "fsopen": 430,
        "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_getfd": 438, "mount_setattr": 442,
    },
    "aarch64": {
        "msgget": 186, "semget": 190, "shmget": 194, "memfd_create": 279, "memfd_secret": 447,
        "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "vhangup": 58, "quotactl": 60, "acct": 89,
        "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106, "syslog": 116, "ptrace": 117,
        "sched_setaffinity": 122, "inotify_init1": 26,
        "reboot": 142, "sethostname": 161, "setdomainname": 162, "add_key": 217, "request_key": 218, "keyctl": 219,
        "swapon": 224, "swapoff": 225, "perf_event_open": 241, "fanotify_init": 262, "name_to_handle_at": 264,
        "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "finit_module": 273, "bpf": 280, "userfaultfd": 282, "kexec_file_load": 294, "io_uring_setup": 425,
        "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
        "pidfd_getfd": 438, "mount_setattr": 442,
    },
}  # fmt: skip
CLONE = {"x86_64": 56, "aarch64": 220}
CLONE3 = 435
# Every jail that is shown a file meets the locks and notices on it: by them, two jails could signal to each other.
# Libraries that lock files (SQLite, HDF5) fail if a lock is refused. So locking reports success, and does nothing.
FLOCK = {"x86_64": 73, "aarch64": 32}
FCNTL = {"x86_64": 72, "aarch64": 25}
LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW; F_GETLK may be asked, and finds no lock
NOTICES = (1024, 1025, 1026, 1039, 1040)  # F_SETLEASE, F_GETLEASE, F_NOTIFY, F_GETDELEG, F_SETDELEG
# /proc counts a socket's buffer for no process. The guard counts the sockets instead, so none may enlarge its buffer.
SETSOCKOPT = {"x86_64": 54, "aarch64": 208}
SOL_SOCKET = 1
BUFFERS = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF, SO_SNDBUFFORCE, SO_RCVBUFFORCE
SOCKET = {"x86_64": 41, "aarch64": 198}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
AF_NETLINK, NETLINK_ROUTE = 16, 0  # the list of network interfaces, which ZeroMQ asks for
FAMILIES = (1, 2, 10)  # AF_UNIX; AF_INET and AF_INET6, which ZeroMQ opens and which lead nowhere in an empty network

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENT_0, ARGUMENT_1, ARGUMENT_2 = 0, 4, 16, 24, 32  # offsets in struct seccomp_data
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000


def program(machine):
    """Return the filter for an architecture.

    Parameters
    ----------
    machine : str
        "x86_64" or "aarch64".

    Returns
    -------
    list of tuple
        BPF instructions. Refused calls give EPERM; `clone3` gives ENOSYS, so that the C library falls back to
        `clone`, whose flags a filter can read; a socket of a family that is not in FAMILIES gives EAFNOSUPPORT. To
        set a lock or the size of a socket's buffer reports success, and does nothing.
    """
    refuse, unknown = (RETURN, 0, 0, REFUSE | errno.EPERM), (RETURN, 0, 0, REFUSE | errno.ENOSYS)
    allow, pretend = (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)
    lines = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, AUDIT_ARCH[machine]), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    if machine == "x86_64":
        lines += [(AT_LEAST, 0, 1, X32_BIT), refuse]
    for number in REFUSED[machine].values():
        lines += [(EQUAL, 0, 1, number), refuse]
    lines += [(EQUAL, 0, 1, CLONE3), unknown]
    lines += [(EQUAL, 0, 4, CLONE[machine]), (LOAD, 0, 0, ARGUMENT_0), (ANY_BIT, 0, 1, linux.NAMESPACES), refuse, allow]
    no_family = (RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT)
    socket = [(LOAD, 0, 0, ARGUMENT_0)]
    for family in FAMILIES:
        socket += [(EQUAL, 0, 1, family), allow]
    socket += [(EQUAL, 0, 3, AF_NETLINK), (LOAD, 0, 0, ARGUMENT_2), (EQUAL, 0, 1, NETLINK_ROUTE), allow, no_family]
    lines += [(EQUAL, 0, len(socket), SOCKET[machine]), *socket]
    lines += [(EQUAL, 0, 1, FLOCK[machine]), pretend]
    fcntl = [(LOAD, 0, 0, ARGUMENT_1)]
    for commands, answer in ((LOCKS, pretend), (NOTICES, refuse)):
        for command in commands:
            fcntl += [(EQUAL, 0, 1, command), answer]
    lines += [(EQUAL, 0, len(fcntl) + 1, FCNTL[machine]), *fcntl, allow]
    option = [(LOAD, 0, 0, ARGUMENT_1), (EQUAL, 1, 0, SOL_SOCKET), allow, (LOAD, 0, 0, ARGUMENT_2)]
    for name in BUFFERS:
        option += [(EQUAL, 0, 1, name), pretend]
    lines += [(EQUAL, 0, len(option), SETSOCKOPT[machine]), *option]
    return [*lines, allow]
