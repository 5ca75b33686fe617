"""Lock a forked process in: namespaces and a file system of its own, no privileges, limits.

The process that calls `enter_namespaces` stays outside, as the guard. Its child calls `lock_in` and becomes process 1
of the jail. When process 1 ends, the system ends all others there, too.
"""

import os
import resource
import shutil
import stat
import sys
from pathlib import Path

from autograders.sandbox import linux, seccomp, usage

GRADERS = Path(__file__).resolve().parents[1]
NOBODY = 65534
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts")
DEVICES = ("null", "zero", "full", "random", "urandom")
HOME, TMP = "/home/learner", "/tmp"
SMALL_TMPFS = 2**20
SHARED_MEMORY = 64 * 2**20
OOM_SCORE = 500
RESERVED_BYTES = 2**31  # address space for stacks and heaps of threads, of which little is used
# The guard keeps its own file system, where /proc shows the jail's processes: its child enters the others.
FOR_GUARD = linux.NAMESPACES & ~(linux.CLONE_NEWNS | linux.CLONE_NEWUSER)
ENVIRONMENT = {
    "HOME": HOME, "TMPDIR": TMP, "PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "USER": "learner",
    "IPYTHONDIR": f"{TMP}/.ipython", "MPLCONFIGDIR": f"{TMP}/.matplotlib", "PYTHONDONTWRITEBYTECODE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow",
    "NBGRADER_EXECUTION": "autograde",  # as nbgrader tells the notebooks that it runs
}  # fmt: skip


def enter_namespaces():
    """Move this process to new namespaces; its next child is process 1 there.

    Root keeps its user namespace until `lock_in` has changed to the user nobody; anyone else needs a new one first.
    """
    if os.geteuid() == 0:
        linux.unshare(FOR_GUARD)
    else:
        uid, gid = os.geteuid(), os.getegid()
        linux.unshare(FOR_GUARD | linux.CLONE_NEWUSER)
        _map_ids(uid, gid)


def _map_ids(uid, gid):
    """In a new user namespace, be the user nobody, the only one that exists there."""
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1", encoding="ascii")


def readable_places(packages, work):
    """Return what a jailed Python must see: the system's programs, this environment, given packages, and `sys.path`.

    `sys.path` belongs to it because a `.pth` file can lead out of the environment, and some modules are imported late.

    Parameters
    ----------
    packages : iterable of Path
        Folders beside the environment: the helpers and the data.
    work : Path
        The folder of the submission.

    Returns
    -------
    list of Path
        None lies inside another one. A folder of `sys.path` that holds the package `autograders` is left out.

    Raises
    ------
    ValueError
        If the submission lies in one of them: the jail would show other submissions beside it.
    """
    on_path = [Path(place) for place in sys.path if os.path.isabs(place) and not GRADERS.is_relative_to(place)]
    wanted = [*map(Path, (*SYSTEM, *SETTINGS, sys.base_prefix, sys.prefix)), *on_path, *packages]
    places = []
    for place in sorted((place for place in wanted if place.exists()), key=lambda place: len(place.parts)):
        if not any(place.is_relative_to(other) for other in places):
            places.append(place)
    for place in places:
        if Path(work).resolve().is_relative_to(place.resolve()):
            raise ValueError(f"expected a course outside {place}, which learners' code can read, got {work}")
    return places


def lock_in(places, work, limits, root):
    """Build the jail's file system, move into it, and give up all privileges.

    Parameters
    ----------
    places : list of Path
        Shown read-only at their own paths.
    work : Path
        Its plain files are copied to the jail's home.
    limits : Limits
    root : Path
        An empty folder that only this user can enter; the jail's file system is mounted over it.
    """
    os.setsid()
    _be_first_to_go()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    _build(root, places, work, limits)
    linux.pivot_into(root)
    linux.make_read_only("/", recursive=False)
    linux.make_read_only("/dev", recursive=False)
    tree = linux.copy_of_tree("/")
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else the files in /proc/self would be root's
        linux.unshare(linux.CLONE_NEWUSER)
        _map_ids(NOBODY, NOBODY)
    _hide_mounts(tree)
    linux.drop_capabilities()
    _set_limits(limits)
    os.umask(0o077)
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    os.chdir("/")
    linux.set_filter(seccomp.program(linux.machine()))


def _hide_mounts(tree):
    """Move to a copy of the same file system. /proc does not list its mounts, which would show paths of the host."""
    os.fchdir(tree)
    os.chroot(".")
    os.close(tree)


def _be_first_to_go():
    """If the machine runs out of memory, have the system end this process before others."""
    Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")


def _tmpfs(target, size, mode=0o755):
    target.mkdir(parents=True, exist_ok=True)
    flags = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("tmpfs", target, "tmpfs", flags, f"size={size},mode={mode:o},nr_inodes=20000")


def _build(root, places, work, limits):
    _tmpfs(root, SMALL_TMPFS)
    _tmpfs(root / TMP[1:], limits.tmp_bytes, 0o1777)  # before the places: a course may lie under /tmp
    for place in places:
        target = root / place.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir() if place.is_dir() else target.touch()
        linux.mount(place, target, None, linux.MS_BIND | linux.MS_REC)
        linux.make_read_only(target)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/passwd").write_text(f"learner:x:{NOBODY}:{NOBODY}::{HOME}:/bin/false\n", encoding="ascii")
    (root / "etc/group").write_text(f"learner:x:{NOBODY}:\n", encoding="ascii")
    _tmpfs(root / "dev", SMALL_TMPFS)
    for name in DEVICES:
        (root / "dev" / name).touch()
        linux.mount(f"/dev/{name}", root / "dev" / name, None, linux.MS_BIND)
    (root / "dev/fd").symlink_to("/proc/self/fd")
    _tmpfs(root / "dev/shm", SHARED_MEMORY, 0o1777)
    _tmpfs(root / HOME[1:], limits.home_bytes, 0o700)
    (root / "proc").mkdir()
    linux.mount("proc", root / "proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    _copy_plain_files(work, root / HOME[1:], limits.home_bytes // 2)
    if os.geteuid() == 0:
        home = root / HOME[1:]
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


def _copy_plain_files(source, target, limit):
    """Copy files and folders, never following a link nor opening a pipe or device; skip what exceeds the size limit.

    Notebooks beside the submission are not copied: one that was judged before holds outputs and its seed.
    """
    for path in sorted(Path(source).rglob("*")):
        if path.parent == Path(source) and path.suffix == ".ipynb":
            continue
        kind = path.lstat()
        place = target / path.relative_to(source)
        if stat.S_ISDIR(kind.st_mode):
            place.mkdir(parents=True, exist_ok=True)
        elif stat.S_ISREG(kind.st_mode) and kind.st_size <= limit:
            limit -= kind.st_size
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place, follow_symlinks=False)


def _set_limits(limits):
    address_space = usage.memory("self", ("status", "VmSize:")) + limits.memory_bytes + RESERVED_BYTES
    # Memory that it shares now may become its own. So a single process meets this limit before the guard stops it.
    data = usage.memory("self", usage.RESERVED) + limits.memory_bytes - usage.memory("self", usage.QUICK)
    for what, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(limits.cpu_seconds) + 1),
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_DATA, data),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(what, (value, value))
