"""The files for clusters, as far as one machine can try them."""

import importlib.util

import kubernetes_validate
import pytest
import yaml

FOLDER = "deploy/cluster"


@pytest.fixture(scope="module")
def manifests(root):
    """What `kubernetes.yaml` holds, by kind and name."""
    documents = yaml.safe_load_all((root / FOLDER / "kubernetes.yaml").read_text(encoding="utf-8"))
    return {(one["kind"], one["metadata"]["name"]): one for one in documents}


def test_manifests_are_as_kubernetes_defines_them(manifests):
    assert len(manifests) == 5
    for one in manifests.values():
        kubernetes_validate.validate(one, kubernetes_validate.latest_version(), strict=True)


def test_manifests_fit_each_other(manifests):
    service = manifests["Service", "course-grade-scheduler"]["spec"]
    settings = manifests["ConfigMap", "course-grade"]["data"]
    for part in ("scheduler", "worker"):
        pod = manifests["Deployment", f"course-grade-{part}"]["spec"]["template"]
        (container,) = pod["spec"]["containers"]
        assert [{"configMapRef": {"name": "course-grade"}}] == container["envFrom"]
        (place,) = container["volumeMounts"]
        assert all(value.startswith(place["mountPath"]) for value in settings.values() if value.endswith(".pem"))
        if part == "scheduler":
            assert service["selector"].items() <= pod["metadata"]["labels"].items()
            assert container["ports"][0]["containerPort"] == service["ports"][0]["port"]
        else:
            assert f"tls://course-grade-scheduler:{service['ports'][0]['port']}" in container["command"]
            assert container["command"][container["command"].index("--nthreads") + 1] == "1"


@pytest.mark.slow
def test_the_job_of_slurm_is_one_worker_with_one_thread(root):
    spec = importlib.util.spec_from_file_location("slurm", root / FOLDER / "slurm.py")
    slurm = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(slurm)
    with slurm.make("short", "physics", scheduler_options={"dashboard": False, "host": "127.0.0.1"}) as cluster:
        script = cluster.job_script()
    for line in ("#SBATCH -p short", "#SBATCH -A physics", "#SBATCH -n 1", "#SBATCH --cpus-per-task=1", "--nthreads 1"):
        assert line in script
    assert slurm.sys.executable in script
