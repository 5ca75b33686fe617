"""Grade on a SLURM cluster: start workers as jobs, grade with them, end them. See docs/cluster.md.

    python deploy/cluster/slurm.py --workers 50 -- step_by_step_rnn

Run it on the login node, in the course's environment, with `pip install dask-jobqueue`. What stands after `--` is
passed to `course grade`. The keys that Dask's settings name (DASK_DISTRIBUTED__COMM__...) protect the scheduler.
"""

import argparse
import subprocess
import sys

import dask
from dask_jobqueue import SLURMCluster
from distributed.security import Security

WALL_TIME = "02:00:00"
MEMORY = "4GB"  # of a worker: a jailed notebook may use 3 GiB, the grader some 500 MiB


def make(queue=None, account=None, **options):
    """Return a SLURMCluster whose jobs are one worker on one core each: no judge shares its process.

    Parameters
    ----------
    queue, account : str, optional
        As `sbatch` knows them.
    **options
        Of SLURMCluster.
    """
    return SLURMCluster(
        cores=1, processes=1, memory=MEMORY, walltime=WALL_TIME, queue=queue, account=account, job_name="course-grade",
        python=sys.executable, **options,
    )  # fmt: skip


def main():
    """Start the cluster, and grade."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=20, help="jobs, each of one core")
    parser.add_argument("--queue", help="the partition")
    parser.add_argument("--account")
    parser.add_argument("grade", nargs="*", help="options and arguments of `course grade`, after --")
    options = parser.parse_args()
    if not dask.config.get("distributed.comm.require-encryption"):
        sys.exit("expected keys: on a cluster others could run code as you without them; see docs/cluster.md")
    with make(options.queue, options.account, protocol="tls://", security=Security()) as cluster:
        cluster.scale(options.workers)
        command = [sys.executable, "-m", "autograders.cli", "grade", "--scheduler", cluster.scheduler_address]
        sys.exit(subprocess.run(command + options.grade).returncode)


if __name__ == "__main__":
    main()
