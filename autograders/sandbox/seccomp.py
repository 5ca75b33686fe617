"""System calls that no learner's notebook needs and that a jailed process is refused (seccomp, BPF).

Among them are those that make memory which no process shows as its own (memfd, System V): it could not be limited.
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
        "lookup_dcookie": 212, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272,
        "perf_event_open": 298, "fanotify_init": 300, "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "kexec_file_load": 320,
        "bpf": 321, "userfaultfd": 323, "io_uring_setup": 425, "open_tree": 428, "move_mount": 429, "fsopen": 430,
        "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_getfd": 438, "mount_setattr": 442,
    },
    "aarch64": {
        "msgget": 186, "semget": 190, "shmget": 194, "memfd_create": 279, "memfd_secret": 447,
        "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "vhangup": 58, "quotactl": 60, "acct": 89,
        "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106, "syslog": 116, "ptrace": 117,
        "sched_setaffinity": 122,
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
SOCKET = {"x86_64": 41, "aarch64": 198}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
AF_NETLINK, NETLINK_ROUTE = 16, 0  # the list of network interfaces, which ZeroMQ asks for
FAMILIES = (1, 2, 10)  # AF_UNIX; AF_INET and AF_INET6, which ZeroMQ opens and which lead nowhere in an empty network
NAMESPACES = (
    linux.CLONE_NEWNS | linux.CLONE_NEWCGROUP | linux.CLONE_NEWUTS | linux.CLONE_NEWIPC | linux.CLONE_NEWUSER
    | linux.CLONE_NEWPID | linux.CLONE_NEWNET
)  # fmt: skip

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENT_0, ARGUMENT_2 = 0, 4, 16, 32  # offsets in struct seccomp_data
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
        `clone`, whose flags can be looked at; a socket of any family but FAMILIES gives EAFNOSUPPORT.
    """
    refuse, unknown = (RETURN, 0, 0, REFUSE | errno.EPERM), (RETURN, 0, 0, REFUSE | errno.ENOSYS)
    allow = (RETURN, 0, 0, ALLOW)
    lines = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, AUDIT_ARCH[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":
        lines += [(AT_LEAST, 0, 1, X32_BIT), refuse]
    for number in REFUSED[machine].values():
        lines += [(EQUAL, 0, 1, number), refuse]
    lines += [(EQUAL, 0, 1, CLONE3), unknown]
    lines += [(EQUAL, 0, 4, CLONE[machine]), (LOAD, 0, 0, ARGUMENT_0), (ANY_BIT, 0, 1, NAMESPACES), refuse, allow]
    no_family = (RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT)
    socket = [(LOAD, 0, 0, ARGUMENT_0)]
    for family in FAMILIES:
        socket += [(EQUAL, 0, 1, family), allow]
    socket += [(EQUAL, 0, 3, AF_NETLINK), (LOAD, 0, 0, ARGUMENT_2), (EQUAL, 0, 1, NETLINK_ROUTE), allow, no_family]
    lines += [(EQUAL, 0, len(socket), SOCKET[machine]), *socket]
    return [*lines, allow]
