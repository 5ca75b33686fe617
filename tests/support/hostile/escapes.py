"""Attacks on the walls of the jail: namespaces, mounts, identities, odd system calls. What succeeds says so by the marker."""
# ruff: noqa: E501 (an attack is written in as few lines as it takes)

from hostile import code

CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(*numbers):
    result = libc.syscall(*[ctypes.c_long(n) if isinstance(n, int) else n for n in numbers])
    return result if result >= 0 else -ctypes.get_errno()
"""


@code("other namespaces: unshare, setns, clone with new ones, clone3")
def new_namespaces():
    return (
        CALL
        + """
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x7e020000):
    if libc.unshare(flag) == 0: print("ESCAPED unshare", hex(flag))
    if (pid := call(56, flag | 17, 0, 0, 0, 0)) > 0: print("ESCAPED clone", hex(flag))
    elif pid == 0: os._exit(0)
for name in os.listdir("/proc/1/ns"):
    try:
        file = os.open(f"/proc/1/ns/{name}", os.O_RDONLY)
        if libc.setns(file, 0) == 0: print("ESCAPED setns", name)
    except OSError: pass
if call(435, 0, 0) >= 0: print("ESCAPED clone3")
"""
    )


@code("other mounts: mount, the new mount calls, pivot_root, chroot")
def new_mounts():
    return (
        CALL
        + """
if libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0: print("ESCAPED mount")
if libc.mount(None, b"/usr", None, 32 | 4096, None) == 0: print("ESCAPED remount")
if libc.umount2(b"/proc", 2) == 0: print("ESCAPED umount")
for number in (155, 428, 429, 430, 431, 432, 433, 442):
    if call(number, 0, 0, 0, 0, 0) not in (-1, -38): print("ESCAPED call", number)
try: os.chroot("/tmp"); print("ESCAPED chroot")
except OSError: pass
"""
    )


@code("another identity: setuid, setgroups, capabilities back through a map of ids")
def other_identity():
    return (
        CALL
        + """
for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.setresuid(0, 0, 0),
                lambda: open("/proc/self/uid_map", "wb", 0).write(b"0 0 1"), lambda: open("/proc/self/gid_map", "wb", 0).write(b"0 0 1")):
    try: attempt(); print("ESCAPED identity")
    except OSError: pass
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
if libc.capset(header, (ctypes.c_uint32 * 6)(*[0xffffffff] * 6)) == 0: print("ESCAPED capset")
"""
    )


@code("another process's insides: ptrace, process_vm_writev, pidfd_getfd")
def ptrace():
    return (
        CALL
        + """
for pid in (1, os.getppid(), *range(2, 50)):
    if libc.ptrace(16, pid, 0, 0) == 0: print("ESCAPED ptrace", pid)
for number in (310, 311, 312, 438):
    if call(number, 1, 0, 0, 0, 0, 0) not in (-1, -38): print("ESCAPED call", number)
"""
    )


@code("the system's switches: /proc/sys, sysrq, a core pattern that runs a program")
def kernel_switches(desk):
    return """
import glob
for path, text in (("/proc/sys/kernel/core_pattern", "|/bin/touch /tmp/HOSTILE_WAS_HERE"), ("/proc/sysrq-trigger", "h"),
                   ("/proc/sys/kernel/hostname", "x"), ("/proc/sys/vm/overcommit_memory", "1"), ("/proc/1/oom_score_adj", "-1000"),
                   ("/proc/sys/net/ipv4/ip_forward", "1"), ("/sys/fs/cgroup/cgroup.procs", "1"), ("/proc/irq/0/smp_affinity", "1")):
    try: open(path, "wb", 0).write(text.encode()); print("ESCAPED", path)
    except OSError: pass
"""


@code("calls that have often been the way out: io_uring, bpf, userfaultfd, keyctl, perf, modules, kexec")
def rare_calls():
    return (
        CALL
        + """
for number in (246, 248, 249, 250, 298, 300, 303, 304, 313, 320, 321, 323, 425, 175, 169, 172, 173, 163, 167):
    result = call(number, 0, 0, 0, 0, 0)
    if result not in (-1, -38): print("ESCAPED call", number, result)
if libc.syscall(ctypes.c_long(0x40000000 + 101), 0, 0, 0, 0) >= 0: print("ESCAPED x32")
"""
    )


@code("devices of its own making: mknod, device files, /dev/mem")
def devices():
    return """
import os, stat
for name, kind, number in (("disk", stat.S_IFBLK, os.makedev(254, 0)), ("memory", stat.S_IFCHR, os.makedev(1, 1)), ("kmsg", stat.S_IFCHR, os.makedev(1, 11))):
    for place in ("/tmp", ".", "/dev/shm"):
        try:
            os.mknod(f"{place}/{name}", kind | 0o666, number)
            print("ESCAPED mknod", open(f"{place}/{name}", "rb").read(10))
        except OSError: pass
print(os.listdir("/dev"))
"""


@code("limits raised: RLIMIT, niceness, scheduling in real time")
def raised_limits():
    return """
import os, resource
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        which = getattr(resource, name)
        soft, hard = resource.getrlimit(which)
        if hard != resource.RLIM_INFINITY:
            try: resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2); print("ESCAPED", name)
            except (OSError, ValueError): pass
for attempt in (lambda: os.nice(-10), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))):
    try: attempt(); print("ESCAPED priority")
    except OSError: pass
"""


@code("the guard's own files: writing to the environment's Python, its byte code and its programs")
def written_system():
    return """
import glob, os, sys, numpy
for path in (sys.executable, numpy.__file__, os.__file__, "/etc/passwd", "/etc/ld.so.preload", "/usr/bin/env", "/bin/sh", "/dev/x"):
    for attempt in (lambda: open(path, "ab"), lambda: os.unlink(path), lambda: os.rename(path, path + "x"), lambda: os.chmod(path, 0o777)):
        try: attempt(); print("ESCAPED", path)
        except OSError: pass
"""


@code("a signal to the submission beside it: locks, leases and watches on a file that all jails are shown")
def file_signals():
    return (
        CALL
        + """
import fcntl, time
file = open(os.__file__)
fcntl.flock(file, fcntl.LOCK_EX)
if (pid := os.fork()) == 0:
    try: fcntl.flock(open(os.__file__), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError: print("ESCAPED flock", flush=True)
    os._exit(0)
os.waitpid(pid, 0)
for command in (1024, 1025, 1026):
    try: fcntl.fcntl(os.open("/usr", os.O_RDONLY) if command == 1026 else file, command, 1); print("ESCAPED fcntl", command)
    except OSError: pass
watch = libc.inotify_init1(0)
if watch >= 0 and libc.inotify_add_watch(watch, b"/usr/lib", 0xfff) >= 0: print("ESCAPED inotify")
"""
    )


@code("where the grader keeps its things: paths of the machine in the list of mounts")
def mounts():
    return """
import glob
for name in glob.glob("/proc/[0-9]*/mount*") + ["/proc/mounts"]:
    if text := open(name).read(): print("ESCAPED", name, text[:1000])
"""
